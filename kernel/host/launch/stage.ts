// As root a box is never entered as root: sources are bound below a stage folder in a mount namespace of the kernel's
// own, where an unprivileged user can reach them, and then that user enters. A private folder (mode 700) at the top of
// a workspace is made passable by an overlay whose upper layer is an open, empty folder; its files keep their modes.
// Because an overlay may remember names that were missing, such a box is used once.
import { existsSync } from 'node:fs';
import type { BoxWorkspace } from './box.ts';

/** The user that boxes run as when the kernel runs as root: nobody. */
export const boxUser = 65534;

export interface Staged {
  /** Goes before the command that enters the box. */
  readonly prefix: readonly string[];
  readonly plugin: string;
  readonly node: string;
  readonly workspace: string | null;
}

interface Sources {
  readonly plugin: string;
  readonly node: string;
  readonly workspace: BoxWorkspace | null;
}

const script = `set -e
umask 022
stage=$1 plugin=$2 node=$3 workspace=$4 access=$5; shift 5
mount -t tmpfs -o size=1m,mode=755,nosuid,nodev arbiter "$stage"
mkdir "$stage/plugin"; mount --bind "$plugin" "$stage/plugin"
: > "$stage/node"; mount --bind "$node" "$stage/node"
if [ -n "$workspace" ]; then
  mkdir "$stage/workspace" "$stage/top" "$stage/below"
  if [ "$access" = write ]; then mount --bind "$workspace" "$stage/workspace"
  else
    mount --bind "$workspace" "$stage/below"
    mount -t overlay -o ro,lowerdir="$stage/top:$stage/below" arbiter "$stage/workspace" 2>/dev/null || mount --bind "$workspace" "$stage/workspace"
  fi
fi
exec setpriv --reuid=${boxUser} --regid=${boxUser} --clear-groups --pdeathsig=KILL -- "$@"`;

/** How the sources can be reached by whoever enters: as they are for an ordinary user, staged for root. */
export function staged(sources: Sources): Staged {
  const { plugin, node, workspace } = sources;
  if (!runsAsRoot()) {
    const prefix = ['setpriv', '--pdeathsig=KILL', '--'];
    return { prefix, plugin, node, workspace: workspace?.source ?? null };
  }
  const stage = folderToMountOn([plugin, node, workspace?.source ?? '']);
  const access = workspace?.writable ? 'write' : 'read';
  return {
    prefix: [
      ...['unshare', '--mount', '--propagation', 'private', '--', '/bin/sh', '-c', script, 'stage'],
      ...[stage, plugin, node, workspace?.source ?? '', access],
    ],
    plugin: `${stage}/plugin`,
    node: `${stage}/node`,
    workspace: workspace && `${stage}/workspace`,
  };
}

export function runsAsRoot(): boolean {
  return process.getuid?.() === 0;
}

/** An existing folder to mount on, that hides none of `sources`. */
export function folderToMountOn(sources: readonly string[], taken?: string): string {
  const candidates = ['/mnt', '/media', '/srv', '/opt', '/var/tmp', '/tmp'];
  const free = candidates.find(
    (folder) =>
      folder !== taken && existsSync(folder) && !sources.some((source) => `${source}/`.startsWith(`${folder}/`)),
  );
  if (!free) throw new Error(`Every one of ${candidates.join(', ')} is in use by what the box needs.`);
  return free;
}
