// Whether this machine lays an upper folder over a lower one for us, and what can be read of such an upper folder. What
// Node cannot read (extended attributes) perl does: it is on every Debian, and its `syscall` needs no module.
import { mkdtempSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { runsAsRoot } from '../host/launch/stage.ts';
import { removeTree } from './remove-tree.ts';

/** File systems whose change times come from this machine's own clock: ext4, xfs, btrfs, tmpfs, overlay, f2fs, zfs. */
const localFileSystems = new Set([0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630, 0xf2f52010, 0x2fc12fc1]);

/** Characters that the options of `mount` give a meaning to. */
const spoken = /[,:\\"\n]/;

const trial = `set -e
cd "$1"
mkdir -p lower/folder upper work merged
echo old > lower/file; echo old > lower/folder/below; echo old > lower/gone
mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work,userxattr arbiter merged
echo new >> merged/file; rm merged/gone; rm -r merged/folder; mkdir merged/folder; umount merged`;

const known = new Map<string, Promise<boolean>>();

/** Whether overlays can be made below `root`; found by making one, once. */
export function overlaysWork(root: string): Promise<boolean> {
  const found = known.get(root) ?? tryOne(root);
  known.set(root, found);
  return found;
}

/** Whether `path` can lie below an overlay: by its name, and by its file system where its changes have to be noticed. */
export function canLieBelow(path: string): boolean {
  return !spoken.test(path) && localFileSystems.has(statfsSync(path).type);
}

async function tryOne(root: string): Promise<boolean> {
  if (spoken.test(root)) return false;
  const folder = mkdtempSync(join(root, 'trial-'));
  try {
    const namespaces = runsAsRoot() ? [] : ['--user', '--map-root-user'];
    const { failed } = await execa(
      'unshare',
      [...namespaces, '--mount', '--propagation', 'private', '--', '/bin/sh', '-c', trial, 'trial', folder],
      { reject: false },
    );
    if (failed) return false;
    const marks = await marksOf(join(folder, 'upper'), ['file', 'folder']);
    return marks.get('folder')?.opaque === true && marks.get('file')?.fromBelow === true;
  } catch {
    return false;
  } finally {
    await removeTree(folder);
  }
}

/** What an overlay noted of an entry of its upper folder. */
export interface Marks {
  /** A folder that hides what lies below it. */
  readonly opaque: boolean;
  /** A file that was there below, when it was first written to. */
  readonly fromBelow: boolean;
}

/** Number of lgetxattr. */
const readAttribute = process.arch === 'arm64' ? 9 : 192;
const reader = `
$/ = "\\0"; my $number = ${readAttribute};
while (my $path = <STDIN>) {
  chomp $path;
  for my $name ("opaque", "origin") {
    my ($at, $key, $value) = ("$path", "user.overlay.$name", "\\0" x 256);
    print syscall($number, $at, $key, $value, 256) < 0 ? 0 : 1;
  }
}`;

/** The marks of `paths` below the upper folder. Throws where perl is not there. */
export async function marksOf(upper: string, paths: readonly string[]): Promise<Map<string, Marks>> {
  if (paths.length === 0) return new Map();
  const { stdout } = await execa('perl', ['-e', reader], {
    cwd: upper,
    input: paths.map((one) => `${one}\0`).join(''),
  });
  return new Map(
    paths.map((path, index) => {
      const [opaque, fromBelow] = stdout.slice(2 * index, 2 * index + 2);
      return [path, { opaque: opaque === '1', fromBelow: fromBelow === '1' }];
    }),
  );
}
