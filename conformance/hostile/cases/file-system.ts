// Reading and writing what was not given.
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { type After, type Case, plain } from '../case.ts';

const reading: readonly Case[] = [
  'read a file outside',
  'read a file below the home folder of the user',
  'read the ledger',
  'read the settings',
  'list the home',
  'list the plugins of the home',
  'read the password hashes',
  'follow /proc/<kernel>/root',
  'follow /proc/1/root',
  'follow /proc/<kernel>/cwd',
  'read the memory of the machine',
  'open a disk',
].map((name) => ({ name, openAt: plain }));

const writing: readonly Case[] = [
  'drop a task into the inbox',
  'write a file outside',
  'append to a file outside',
  'write to /usr',
  'write to /etc',
  'write to the root folder',
  'change its own program',
  'change the node binary',
  'open a setting of the machine for writing',
  'open the trigger of the system request key',
  'open a setting in /sys for writing',
  'make a device',
].map((name) => ({ name, openAt: plain }));

const sharedFolderChanged = ({ workspace }: After) => {
  const folder = workspace as string;
  if (readdirSync(folder).sort().join() !== 'link-out,notes.txt') return 'files of the workspace changed';
  return readFileSync(join(folder, 'notes.txt'), 'utf8') === 'notes\n' ? null : 'a file of the workspace changed';
};

const readOnlyWorkspace: readonly Case[] = (
  [
    ['acquisition', 'write to a read-only workspace'],
    ['validation', 'write to a read-only workspace'],
    ['acquisition', 'delete from a read-only workspace'],
    ['acquisition', 'make a read-only workspace writable by its modes'],
  ] as const
).map(([category, attack]) => ({
  name: `${attack} (${category})`,
  attack,
  category,
  workspace: 'folder',
  openAt: plain,
}));

const aroundWorkspace: readonly Case[] = [
  { name: 'see the home inside a workspace', category: 'acquisition', workspace: 'around the home', openAt: plain },
  { name: 'leave the workspace by ../', category: 'acquisition', workspace: 'shared folder', openAt: plain },
  {
    name: 'leave the workspace by a link that stood in it',
    category: 'acquisition',
    workspace: 'shared folder',
    outside: sharedFolderChanged,
    openAt: plain,
  },
  { name: 'leave the workspace by a link of its own', category: 'state-change', workspace: 'folder', openAt: plain },
  { name: 'leave the workspace by a hard link', category: 'state-change', workspace: 'folder', openAt: plain },
];

/** Nothing that a plugin leaves may become a link, a device or a right in the real folder, or touch the decoys. */
const nothingCameOut = ({ world, marker, workspace }: After): string | null => {
  if (readFileSync(world.facts.secretFile, 'utf8') !== world.secret) return 'the decoy changed';
  if (existsSync(join(world.facts.openFolder, marker))) return 'a file outside was made';
  if (existsSync(join(world.place, 'outside', 'name'))) return 'a backslash was taken for a separator';
  for (const entry of readdirSync(workspace as string, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (path.includes('/.git/')) continue;
    if (entry.isSymbolicLink()) {
      if (leadsOut(path, workspace as string)) return `${entry.name} is a link out of the real workspace`;
      continue;
    }
    if (!entry.isFile() && !entry.isDirectory()) return `${entry.name} is in the real workspace, and is no file`;
    if ((lstatSync(path).mode & 0o6000) !== 0) return `${entry.name} has rights that a file should not have`;
  }
  return null;
};

// Not Node's own way: that reads `link/..` by its letters.
function leadsOut(link: string, folder: string): boolean {
  try {
    return !`${realpathSync.native(link)}/`.startsWith(`${folder}/`);
  } catch {
    return false;
  }
}

const ofRepository = (after: After): string | null => {
  const git = join(after.workspace as string, '.git');
  if (readdirSync(join(git, 'hooks')).some((name) => !name.endsWith('.sample'))) return 'a hook is in the repository';
  if (/fsmonitor|filter/.test(readFileSync(join(git, 'config'), 'utf8'))) return 'settings are in the repository';
  return nothingCameOut(after);
};

/** A change is kept or refused, never lost without a word. */
const keptAs = (name: Buffer) => (after: After) => {
  const kept = readdirSync(after.workspace as string, { encoding: 'buffer' }).some((found) => found.equals(name));
  return after.status === 'done' && !kept ? 'the task is done, and its file is not there' : nothingCameOut(after);
};

const left = (name: string, more: Partial<Case> = {}): Case => ({
  name,
  category: 'state-change',
  workspace: 'folder',
  codes: ['EFFECT_UNSAFE'],
  outside: nothingCameOut,
  ...more,
});

const leaving: readonly Case[] = [
  left('leave a link to a file outside'),
  left('leave a relative link out of the workspace'),
  left('replace a file by a link to a file outside'),
  left('write through a linked folder', { openAt: plain }),
  left('leave links that lead out only together'),
  left('leave a set-user-id program'),
  left('leave a named pipe'),
  left('leave a socket'),
  left('leave a tree of two thousand folders', { whatIf: true, codes: ['EFFECT_UNSAFE', 'PLUGIN_LIMIT'] }),
  left('leave a tree deeper than a path may be long'),
  left('leave a folder that nobody may read'),
  left('leave a name with a newline', { outside: keptAs(Buffer.from('two\nlines')) }),
  left('leave a name with a backslash', { outside: keptAs(Buffer.from('..\\outside\\name')) }),
  left('leave a name that is not UTF-8', { outside: keptAs(Buffer.from([0x66, 0xff, 0xfe])) }),
  left('leave a repository below the workspace'),
  left('leave a hook in a repository', { workspace: 'repository', outside: ofRepository }),
  left('leave git settings in a repository', { workspace: 'repository', outside: ofRepository }),
];

export const fileSystemCases: readonly Case[] = [
  ...reading,
  ...writing,
  // The kernel covers what it inherited, at every level.
  { name: 'use an inherited descriptor' },
  ...readOnlyWorkspace,
  ...aroundWorkspace,
  ...leaving,
];
