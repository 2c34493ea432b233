// Boxes built by util-linux alone, for machines without bubblewrap: the same mounts and limits.
import { type Boxer, environmentInside, inside, limitsPrefix, program } from './box.ts';
import { boxUser, folderToMountOn, runsAsRoot, staged } from './stage.ts';

// Runs as root of a fresh user namespace, which is nobody outside: builds the root, enters it, gives up every capability.
const script = `set -e
root=$1 plugin=$2 node=$3 workspace=$4 access=$5 hidden=$6; shift 6
readonly_bind() { mount --rbind "$1" "$2"; mount -o remount,bind,ro,nosuid,nodev "$2" 2>/dev/null || mount -o remount,bind,ro,nosuid,nodev,noexec "$2"; }
mount -t tmpfs -o size=1m,mode=755,nosuid box "$root"
cd "$root"
mkdir usr etc proc dev tmp plugin workspace
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
mount -t tmpfs -o size=64m,mode=1777,nosuid,nodev tmp tmp
readonly_bind "$plugin" plugin
: > node; readonly_bind "$node" node
if [ -n "$workspace" ]; then
  if [ "$access" = write ]; then mount --rbind "$workspace" workspace; else readonly_bind "$workspace" workspace; fi
  if [ -n "$hidden" ]; then mount -t tmpfs -o ro,size=4k hidden "workspace/$hidden"; fi
fi
pivot_root . .
umount -l .
cd /
mount -o remount,bind,ro /
if [ -n "$workspace" ]; then cd /workspace; fi
exec setpriv --no-new-privs --inh-caps=-all --bounding-set=-all --securebits=+noroot,+noroot_locked -- "$@"`;

export const utilLinux: Boxer = {
  level: 'namespaces',
  by: 'util-linux',
  reusable: !runsAsRoot(),
  user: runsAsRoot() ? boxUser : null,
  inside: () => inside.workspace,
  launch(box) {
    const sources = staged({ plugin: box.pluginFolder, node: process.execPath, workspace: box.workspace });
    const below = [sources.plugin, sources.node, sources.workspace ?? ''];
    const environment = Object.entries(environmentInside).map(([name, value]) => `${name}=${value}`);
    return {
      command: [
        ...sources.prefix,
        ...[
          'unshare',
          '--user',
          '--map-root-user',
          '--mount',
          '--pid',
          '--fork',
          '--kill-child=KILL',
          '--net',
          '--ipc',
          '--uts',
        ],
        ...['--', 'setsid', '/bin/sh', '-c', script, 'box'],
        ...[
          folderToMountOn(below),
          sources.plugin,
          sources.node,
          sources.workspace ?? '',
          box.workspace?.writable ? 'write' : 'read',
          box.workspace?.hidden ?? '',
        ],
        ...['env', '-i', ...environment],
        ...limitsPrefix(box, true),
        ...program(box, inside.plugin, inside.node),
      ],
      env: { PATH: environmentInside.PATH as string },
    };
  },
};
