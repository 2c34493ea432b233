// What stands before a box. As root a box is never entered as root: sources that an unprivileged user cannot reach are
// bound below a stage folder in a mount namespace of the kernel's own, and then that user enters. A private folder (mode
// 700) at the top of a workspace is made passable by an overlay whose upper layer is an open, empty folder; its files keep
// their modes. Because an overlay may remember names that were missing, such a box is used once.
//
// A workspace can also be shown late, to a box that waits: `stage/late` is a shared mount, the box holds a slave of it,
// and what is mounted on it later appears inside. Whoever does that waits in the stage's namespace for six lines on
// descriptor 4 (how to show it, the folder to hide, the workspace; of layers also the upper folder and its work folder; how
// many inlays there are) and two more for each inlay (what is shown, and where), and says `shown` there.
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Box, BoxWorkspace } from './box.ts';

/** The user that boxes run as when the kernel runs as root: nobody. */
export const boxUser = 65534;

export interface Staged {
  /** Goes before the command that enters the box. */
  readonly prefix: readonly string[];
  readonly plugin: string;
  readonly node: string;
  readonly wrapper: string | null;
  readonly workspace: string | null;
  /** Where the hidden folder still has to be covered, or null. */
  readonly hidden: string | null;
  /** Whether the workspace is read-only from outside the box already. */
  readonly late: boolean;
  /** The users inside, where that has to be said. */
  readonly mapped: boolean;
}

/** Shell: binds a folder without the right to write, set user ids, or use devices; keeps what the machine has locked. */
export const readonlyBind = `readonly_bind() {
  mount --rbind "$1" "$2"
  mount -o remount,bind,ro,nosuid,nodev "$2" 2>/dev/null || mount -o remount,bind,ro,nosuid,nodev,noexec "$2"
}`;

const script = `set -e
umask 022
stage=$1 root=$2 access=$3 workspace=$4; shift 4
${readonlyBind}
mount -t tmpfs -o size=1m,mode=755,nosuid,nodev arbiter "$stage"
while [ "$1" != -- ]; do
  if [ -d "$2" ]; then mkdir "$stage/$1"; else : > "$stage/$1"; fi
  mount --bind "$2" "$stage/$1"
  shift 2
done
shift
show() {
  case $1 in
    overlay) mount -t overlay -o "lowerdir=$2,upperdir=$4,workdir=$5,userxattr" arbiter "$3"; return ;;
    layers) mount -t overlay -o "ro,lowerdir=$4:$2,userxattr" arbiter "$3"; return ;;
  esac
  if [ "$1" = write ]; then mount --bind "$2" "$3"; return; fi
  if [ "$root" = yes ]; then
    mkdir "$stage/top" "$stage/below"
    mount --bind "$2" "$stage/below"
    mount -t overlay -o ro,lowerdir="$stage/top:$stage/below" arbiter "$3" 2>/dev/null && return
  fi
  readonly_bind "$2" "$3"
}
case $access in
  none) ;;
  late)
    mkdir "$stage/late" "$stage/side"
    mount -t tmpfs -o size=4k,mode=755,nosuid,nodev late "$stage/late"
    mount --make-shared "$stage/late"
    (
      exec 0<&4 1>&4 2>&4 3>&- 4>&-
      IFS= read -r access && IFS= read -r hidden && IFS= read -r workspace && IFS= read -r upper && IFS= read -r work && IFS= read -r inlays || exit 0
      if [ -z "$hidden" ] && [ "$access" != read ] && [ "$inlays" = 0 ]; then show "$access" "$workspace" "$stage/late" "$upper" "$work"
      else
        show "$access" "$workspace" "$stage/side" "$upper" "$work"
        if [ -n "$hidden" ]; then mount -t tmpfs -o ro,size=4k hidden "$stage/side/$hidden"; fi
        while [ "$inlays" -gt 0 ]; do
          IFS= read -r inlay; IFS= read -r at; readonly_bind "$inlay" "$stage/side/$at"
          inlays=$((inlays - 1))
        done
        mount --rbind "$stage/side" "$stage/late"
      fi
      echo shown
    ) &
    exec 4>&- ;;
  *) mkdir "$stage/workspace"; show "$access" "$workspace" "$stage/workspace" ;;
esac
exec "$@"`;

/** How the sources can be reached by whoever enters. */
export function staged({ pluginFolder, wrapper, workspace }: Box): Staged {
  const root = runsAsRoot();
  const late = workspace === 'late';
  const source = late ? null : (workspace?.source ?? null);
  const needed = { plugin: pluginFolder, node: process.execPath, ...(wrapper && { wrapper: wrapper.folder }) };
  const toBind = Object.entries(needed).filter(([, path]) => root && !openToAll(path));
  const stays = !late && (!root || (toBind.length === 0 && source === null));
  if (stays) {
    return {
      prefix: [...enter(root), '--'],
      ...{ plugin: pluginFolder, node: process.execPath, wrapper: wrapper?.folder ?? null, workspace: source },
      ...{ hidden: hiddenOf(workspace), late: false, mapped: false },
    };
  }
  const stage = folderToMountOn([...Object.values(needed), source ?? '']);
  const where = (name: keyof typeof needed, path: string) =>
    toBind.some(([bound]) => bound === name) ? `${stage}/${name}` : path;
  const namespaces = root ? [] : ['--user', '--map-root-user'];
  return {
    prefix: [
      ...['unshare', ...namespaces, '--mount', '--propagation', 'private', '--', '/bin/sh', '-c', script, 'stage'],
      ...[stage, root ? 'yes' : 'no', accessTo(workspace), source ?? ''],
      ...[...toBind.flat(), '--', ...enter(root), ...(root ? [] : leaving), '--'],
    ],
    plugin: where('plugin', pluginFolder),
    node: where('node', process.execPath),
    wrapper: wrapper && where('wrapper', wrapper.folder),
    workspace: late ? `${stage}/late` : source && `${stage}/workspace`,
    ...{ hidden: hiddenOf(workspace), late, mapped: !root },
  };
}

/** What stays is for mapping a user again, who is root in the stage's own namespace: see user_namespaces(7). */
const leaving = ['--inh-caps=-all', '--bounding-set=-all,+setfcap'];

function enter(root: boolean): string[] {
  const user = root ? [`--reuid=${boxUser}`, `--regid=${boxUser}`, '--clear-groups'] : [];
  return ['setpriv', ...user, '--pdeathsig=KILL'];
}

function accessTo(workspace: Box['workspace']): string {
  if (workspace === null) return 'none';
  if (workspace === 'late') return 'late';
  return workspace.writable ? 'write' : 'read';
}

function hiddenOf(workspace: Box['workspace']): string | null {
  return workspace === 'late' ? null : (workspace?.hidden ?? null);
}

/** What to write to descriptor 4 so that a box that waits sees `workspace`. Null when its path does not fit in a line. */
export function showing({ source, writable, hidden, layers, inlays = [] }: BoxWorkspace): string | null {
  const access = layers ? (writable ? 'overlay' : 'layers') : writable ? 'write' : 'read';
  const lines = [access, hidden ?? '', layers?.base ?? source, layers?.upper ?? '', layers?.work ?? ''];
  lines.push(`${inlays.length}`, ...inlays.flatMap((inlay) => [inlay.source, inlay.at]));
  return lines.some((line) => line.includes('\n')) ? null : `${lines.join('\n')}\n`;
}

export function runsAsRoot(): boolean {
  return process.getuid?.() === 0;
}

const open = new Map<string, boolean>();

/** Whether everybody can get to `path` and read it. Looked at once a path. */
function openToAll(path: string): boolean {
  const known = open.get(path);
  if (known !== undefined) return known;
  const passable = (folder: string): boolean =>
    (statSync(folder).mode & 0o001) !== 0 && (folder === '/' || passable(dirname(folder)));
  const answer = (statSync(path).mode & 0o005) === 0o005 && passable(dirname(path));
  open.set(path, answer);
  return answer;
}

/** An existing folder to mount on, that hides none of `sources`. */
export function folderToMountOn(sources: readonly string[]): string {
  const candidates = ['/mnt', '/media', '/srv', '/opt', '/var/tmp', '/tmp'];
  const free = candidates.find(
    (folder) => existsSync(folder) && !sources.some((source) => `${source}/`.startsWith(`${folder}/`)),
  );
  if (!free) throw new Error(`Every one of ${candidates.join(', ')} is in use by what the box needs.`);
  return free;
}
