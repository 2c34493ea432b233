// Boxes built by util-linux alone, for machines without bubblewrap: the same mounts and limits, no system call filter.

import { loopbackUp } from '../egress/loopback-up.ts';
import { type Boxer, environmentInside, inside, program } from './box.ts';
import { limitsPrefix } from './limits.ts';
import { boxUser, folderToMountOn, readonlyBind, runsAsRoot, staged } from './stage.ts';

// The first process of a namespace is spared most signals and has to bury orphans: the plugin is its child.
const first = 'exec 7<&0; "$@" <&7 7<&- & exec 7<&- </dev/null; wait $!';

// Runs as root of a fresh user namespace, which is nobody outside: builds the root, enters it, gives up every capability.
const script = `set -e
root=$1 plugin=$2 node=$3 wrapper=$4 workspace=$5 access=$6 hidden=$7 scratch=$8; shift 8
${readonlyBind}
mount -t tmpfs -o size=1m,mode=755,nosuid box "$root"
cd "$root"
mkdir usr etc proc dev dev/shm tmp plugin workspace
readonly_bind /usr usr
for name in bin sbin lib lib32 lib64; do
  if [ -L "/$name" ]; then ln -s "$(readlink "/$name")" "$name"
  elif [ -d "/$name" ]; then mkdir "$name"; readonly_bind "/$name" "$name"; fi
done
for name in ld.so.cache alternatives passwd group nsswitch.conf localtime; do
  if [ -d "/etc/$name" ]; then mkdir "etc/$name"; readonly_bind "/etc/$name" "etc/$name"
  elif [ -f "/etc/$name" ]; then : > "etc/$name"; readonly_bind "/etc/$name" "etc/$name"; fi
done
mount -t proc -o ro,nosuid,nodev,noexec proc proc
for name in null zero full random urandom tty; do : > "dev/$name"; mount --bind "/dev/$name" "dev/$name"; done
ln -s /proc/self/fd dev/fd; ln -s fd/0 dev/stdin; ln -s fd/1 dev/stdout; ln -s fd/2 dev/stderr
for folder in tmp dev/shm; do mount -t tmpfs -o size="$scratch"m,mode=1777,nosuid,nodev "$folder" "$folder"; done
readonly_bind "$plugin" plugin
: > node; readonly_bind "$node" node
if [ -n "$wrapper" ]; then
  mkdir wrapper; readonly_bind "$wrapper" wrapper
  ${loopbackUp}
fi
if [ -n "$workspace" ]; then
  if [ "$access" = write ]; then mount --rbind "$workspace" workspace; else readonly_bind "$workspace" workspace; fi
  if [ -n "$hidden" ]; then mount -t tmpfs -o ro,size=4k hidden "workspace/$hidden"; fi
fi
pivot_root . .
umount -l .
cd /
mount -o remount,bind,ro /
if [ -n "$workspace" ]; then cd /workspace; fi
exec setpriv --no-new-privs --inh-caps=-all --bounding-set=-all --securebits=+noroot,+noroot_locked -- /bin/sh -c '${first}' first "$@"`;

const namespaces = [
  ...['unshare', '--user', '--map-root-user', '--mount', '--propagation', 'slave', '--pid', '--fork'],
  ...['--kill-child=KILL', '--net', '--ipc', '--uts'],
];

export const utilLinux: Boxer = {
  level: 'namespaces',
  by: 'util-linux',
  reusable: !runsAsRoot(),
  user: runsAsRoot() ? boxUser : null,
  inside: () => inside.workspace,
  launch(box) {
    const stage = staged(box);
    const { plugin, node, wrapper, workspace, hidden } = stage;
    const environment = Object.entries(environmentInside).map(([name, value]) => `${name}=${value}`);
    const writable = box.workspace !== 'late' && box.workspace?.writable === true;
    return {
      command: [
        ...[...stage.prefix, ...namespaces, '--', 'setsid', '/bin/sh', '-c', script, 'box'],
        ...[folderToMountOn([plugin, node, wrapper ?? '', workspace ?? '']), plugin, node, wrapper ?? ''],
        ...[workspace ?? '', writable ? 'write' : 'read', hidden ?? '', `${box.limits.scratchMb}`],
        ...['env', '-i', ...environment],
        ...limitsPrefix(box.limits, true),
        ...program(box, inside),
      ],
      env: { PATH: environmentInside.PATH as string },
      ...{ contained: true, filtered: false, late: stage.late },
    };
  },
};
