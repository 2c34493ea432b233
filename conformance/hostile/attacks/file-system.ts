// Reading and writing what was not given.
import { spawnSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Attack, type Context, contained, notTried, Refused, reaches } from './attack.ts';
import { perl, reachedBy } from './perl.ts';

/** Reads a decoy; what has not the token is not it. */
function readDecoy(path: string, token: string): string {
  if (!readFileSync(path, 'latin1').includes(token)) throw new Refused('what is there is not the decoy');
  return `read ${path}`;
}

const reads =
  (pathOf: (context: Context) => string): Attack =>
  (context) =>
    reaches(() => readDecoy(pathOf(context), context.facts.token));

/** Opens without changing anything. */
function open(path: string, flags: number): string {
  closeSync(openSync(path, flags));
  return `opened ${path}`;
}

const opensForWriting =
  (path: string): Attack =>
  () =>
    reaches(() => open(path, constants.O_WRONLY));

const mayWrite =
  (pathOf: (context: Context) => string): Attack =>
  (context) =>
    reaches(() => {
      accessSync(pathOf(context), constants.W_OK);
      return `${pathOf(context)} is writable`;
    });

const writes =
  (pathOf: (context: Context) => string): Attack =>
  (context) =>
    reaches(() => {
      writeFileSync(pathOf(context), 'written by a plugin');
      return `wrote ${pathOf(context)}`;
    });

const lists =
  (pathOf: (context: Context) => string): Attack =>
  (context) =>
    reaches(() => `saw ${readdirSync(pathOf(context)).slice(0, 3).join(', ')}`);

const inWorkspace = ({ workspace }: Context, name: string) => join(workspace as string, name);

/** Leaves something in the private copy; what the kernel does with it is judged outside. */
const leaves =
  (action: (context: Context) => unknown): Attack =>
  async (context) => {
    await action(context);
    return contained('left for the kernel');
  };

export const fileSystem: Readonly<Record<string, Attack>> = {
  'read a file outside': reads(({ facts }) => facts.secretFile),
  'read a file below the home folder of the user': reads(({ facts }) => facts.homeFolderFile),
  'read the ledger': ({ facts }) => reaches(() => open(facts.ledger, constants.O_RDONLY)),
  'read the settings': ({ facts }) => reaches(() => open(facts.settings, constants.O_RDONLY)),
  'list the home': lists(({ facts }) => facts.home),
  'list the plugins of the home': lists(({ facts }) => join(facts.home, 'plugins')),
  'drop a task into the inbox': writes(({ facts, marker }) => join(facts.inbox, `${marker}.txt`)),
  'write a file outside': writes(({ facts, marker }) => join(facts.openFolder, marker)),
  'append to a file outside': ({ facts }) =>
    reaches(() => open(facts.secretFile, constants.O_WRONLY | constants.O_APPEND)),
  'read the password hashes': () => reaches(() => open('/etc/shadow', constants.O_RDONLY)),
  'write to /usr': mayWrite(() => '/usr'),
  'write to /etc': mayWrite(() => '/etc'),
  'write to the root folder': mayWrite(() => '/'),
  'change its own program': writes(() => join(import.meta.dirname, 'written.txt')),
  'change the node binary': mayWrite(() => process.execPath),
  'write to a read-only workspace': writes((context) => inWorkspace(context, 'written.txt')),
  'delete from a read-only workspace': (context) => reaches(() => unlinkSync(inWorkspace(context, 'notes.txt'))),
  'make a read-only workspace writable by its modes': (context) =>
    reaches(() => {
      chmodSync(inWorkspace(context, 'notes.txt'), 0o666);
      writeFileSync(inWorkspace(context, 'notes.txt'), 'written by a plugin');
    }),
  'see the home inside a workspace': (context) =>
    reaches(() => {
      if (existsSync(inWorkspace(context, 'home/arbiter.yaml'))) return 'saw the settings of the home';
      throw new Refused('the home is empty');
    }),
  'leave the workspace by ../': reads((context) => inWorkspace(context, '../../outside/secret.txt')),
  'leave the workspace by a link that stood in it': reads((context) => inWorkspace(context, 'link-out')),
  'leave the workspace by a link of its own': (context) =>
    reaches(() => {
      const link = inWorkspace(context, 'link');
      symlinkSync(context.facts.secretFile, link);
      try {
        return readDecoy(link, context.facts.token);
      } finally {
        unlinkSync(link);
      }
    }),
  'leave the workspace by a hard link': (context) =>
    reaches(() => {
      const link = inWorkspace(context, 'hard');
      linkSync(context.facts.secretFile, link);
      unlinkSync(link);
    }),
  'follow /proc/<kernel>/root': reads(({ facts }) => `/proc/${facts.kernelPid}/root${facts.secretFile}`),
  'follow /proc/1/root': reads(({ facts }) => `/proc/1/root${facts.secretFile}`),
  'follow /proc/<kernel>/cwd': ({ facts }) => reaches(() => readdirSync(`/proc/${facts.kernelPid}/cwd/`).length),
  'use an inherited descriptor': ({ facts }) =>
    reaches(() => {
      for (const name of readdirSync('/proc/self/fd')) {
        try {
          if (readlinkSync(`/proc/self/fd/${name}`) === facts.inheritedFile)
            return readDecoy(`/proc/self/fd/${name}`, facts.token);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        }
      }
      throw new Refused('none was there');
    }),
  'open a setting of the machine for writing': opensForWriting('/proc/sys/kernel/core_pattern'),
  'open the trigger of the system request key': opensForWriting('/proc/sysrq-trigger'),
  'open a setting in /sys for writing': () =>
    reaches(() => {
      readdirSync('/sys');
      return open('/sys/kernel/mm/transparent_hugepage/enabled', constants.O_WRONLY);
    }),
  'read the memory of the machine': () =>
    reaches(() => {
      for (const path of ['/proc/kcore', '/dev/mem', '/dev/kmem'])
        if (existsSync(path)) return open(path, constants.O_RDONLY);
      throw new Refused('none is there');
    }),
  'open a disk': () =>
    reaches(() => {
      const disks = readdirSync('/dev')
        .map((name) => `/dev/${name}`)
        .filter((path) => lstatSync(path).isBlockDevice());
      for (const disk of disks) {
        try {
          return open(disk, constants.O_RDONLY);
        } catch {}
      }
      throw new Refused(`${disks.length} disks, none opens`);
    }),
  'make a device': ({ marker }) => {
    const path = join(tmpdir(), marker);
    try {
      return reachedBy(
        `my $r = syscall($nr{mknodat}, -100, text('${path}'), 0020666, 0x0801); print "answered $r ", $! + 0, "\\n";`,
      );
    } finally {
      rmSync(path, { force: true });
    }
  },

  'leave a link to a file outside': leaves((context) =>
    symlinkSync(context.facts.secretFile, inWorkspace(context, 'link')),
  ),
  'leave a relative link out of the workspace': leaves((context) =>
    symlinkSync('../../outside/secret.txt', inWorkspace(context, 'link')),
  ),
  'replace a file by a link to a file outside': leaves((context) => {
    unlinkSync(inWorkspace(context, 'notes.txt'));
    symlinkSync(context.facts.secretFile, inWorkspace(context, 'notes.txt'));
  }),
  'write through a linked folder': leaves((context) => {
    symlinkSync(context.facts.openFolder, inWorkspace(context, 'folder'));
    try {
      writeFileSync(inWorkspace(context, `folder/${context.marker}`), 'written by a plugin');
    } catch {}
  }),
  'leave links that lead out only together': leaves((context) => {
    mkdirSync(inWorkspace(context, 'a'));
    symlinkSync('..', inWorkspace(context, 'a/up'));
    // Read by its letters it stays inside: a/up/.. is a. Followed, it is above the workspace.
    symlinkSync('a/up/../../outside/open', inWorkspace(context, 'b'));
  }),
  'leave a set-user-id program': leaves((context) => {
    writeFileSync(inWorkspace(context, 'program'), '#!/bin/sh\n');
    chmodSync(inWorkspace(context, 'program'), 0o6755);
  }),
  'leave a named pipe': (context) => {
    const { status } = spawnSync('mkfifo', [inWorkspace(context, 'pipe')]);
    return status === 0 ? contained('left for the kernel') : notTried('mkfifo failed');
  },
  'leave a socket': ({ workspace }) => {
    // Node removes its sockets when it ends.
    const program =
      'chdir $ARGV[0] or die $!; socket(my $s, 1, 1, 0) or die $!; bind($s, pack("S a*", 1, "socket\\0")) or die $!;';
    const { status, stderr } = perl(program, [workspace as string]);
    return status === 0 ? contained('left for the kernel') : notTried(stderr);
  },
  'leave a tree of two thousand folders': leaves((context) => {
    for (let index = 0; index < 2_000; index++) {
      mkdirSync(inWorkspace(context, `folder-${index}`));
      writeFileSync(inWorkspace(context, `folder-${index}/file`), '');
    }
  }),
  'leave a tree deeper than a path may be long': (context) => {
    const { status, stderr } = perl(
      'chdir $ARGV[0] or die; for (1..60) { my $n = "d" x 100; mkdir $n or die $!; chdir $n or die $!; } open(my $f, ">", "file") or die $!;',
      [context.workspace as string],
    );
    return status === 0 ? contained('left for the kernel') : notTried(stderr);
  },
  'leave a folder that nobody may read': leaves((context) => {
    mkdirSync(inWorkspace(context, 'closed'));
    writeFileSync(inWorkspace(context, 'closed/file'), 'x');
    chmodSync(inWorkspace(context, 'closed'), 0o000);
  }),
  'leave a name with a newline': leaves((context) =>
    writeFileSync(inWorkspace(context, 'two\nlines'), 'written by a plugin'),
  ),
  'leave a name with a backslash': leaves((context) =>
    writeFileSync(inWorkspace(context, '..\\outside\\name'), 'written by a plugin'),
  ),
  'leave a name that is not UTF-8': leaves((context) =>
    writeFileSync(Buffer.concat([Buffer.from(`${context.workspace}/`), Buffer.from([0x66, 0xff, 0xfe])]), 'x'),
  ),
  'leave a hook in a repository': leaves((context) => {
    mkdirSync(inWorkspace(context, '.git/hooks'), { recursive: true });
    for (const hook of ['post-commit', 'pre-commit', 'reference-transaction', 'post-checkout', 'post-index-change'])
      writeFileSync(inWorkspace(context, `.git/hooks/${hook}`), markScript(context), { mode: 0o755 });
    writeFileSync(inWorkspace(context, 'notes.txt'), 'changed');
  }),
  'leave git settings in a repository': leaves((context) => {
    mkdirSync(inWorkspace(context, '.git'), { recursive: true });
    writeFileSync(inWorkspace(context, 'mark.sh'), markScript(context), { mode: 0o755 });
    const run = inWorkspace(context, 'mark.sh');
    writeFileSync(
      inWorkspace(context, '.git/config'),
      `[core]\n\tfsmonitor = ${run}\n\tpager = ${run}\n\tsshCommand = ${run}\n[filter "x"]\n\tclean = ${run}\n\tsmudge = ${run}\n`,
    );
    writeFileSync(inWorkspace(context, '.gitattributes'), '* filter=x\n');
    writeFileSync(inWorkspace(context, 'notes.txt'), 'changed');
  }),
  'leave a repository below the workspace': leaves((context) => {
    mkdirSync(inWorkspace(context, 'inner/.git/hooks'), { recursive: true });
    writeFileSync(inWorkspace(context, 'inner/.git/config'), `[core]\n\tfsmonitor = touch ${mark(context)}\n`);
  }),
};

/** A file outside that shows that something of the plugin was run by somebody else. */
function mark({ facts, marker }: Context): string {
  return join(facts.openFolder, marker);
}

function markScript(context: Context): string {
  return `#!/bin/sh\ntouch '${mark(context)}'\ncat\n`;
}
