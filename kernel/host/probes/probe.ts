// Escape probes: a program that tries to get out, run inside real boxes, one for each thing that a category may be shown.
// One success, and the level does not hold.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CategoryBudget } from '../../../contracts/generated/performance.v1.ts';
import { fileState } from '../../safety/file-state.ts';
import { type Box, type Boxer, type BoxWorkspace, environmentInside, type Wrapper } from '../launch/box.ts';
import { type RunningBox, spawnBox } from '../launch/spawn.ts';
import { architectures } from '../launch/system-calls.ts';
import { newWatchdog } from '../watch/watchdog.ts';

export interface ProbeResult {
  /** What was shown to the box, and what it tried. */
  readonly name: string;
  readonly contained: boolean;
  /** What came back when it was contained, or what got out. */
  readonly detail: string;
}

/** A way to build boxes, with what the probes found of it. */
export interface Trial {
  readonly boxer: Boxer;
  readonly probes: readonly ProbeResult[];
  readonly proven: boolean;
  /** When it was found, RFC 3339: now, or earlier since this machine was started. */
  readonly provenAt: string;
}

/** What a box is shown: no workspace, one to read, or a private copy to write to. */
export type Shown = 'none' | 'read' | 'write';

/** The plugin in whose box the probes run: a stand-in, or one that somebody wants to know about. */
export interface Suspect {
  readonly folder: string;
  readonly entry: Box['entry'];
  readonly limits: CategoryBudget;
}

const limits: CategoryBudget = {
  ...{ wallMs: 10_000, cpuSeconds: 10, memoryMb: 256, processes: 48, openFiles: 64, fileMb: 1 },
  ...{ outputBytes: 65_536, outputMbPerSecond: 1, messagesPerSecond: 1 },
  ...{ scratchMb: 1, workspaceMb: 1, recycleTasks: 1 },
};

const titles: Readonly<Record<Shown, string>> = {
  none: 'without a workspace',
  read: 'with a workspace to read',
  write: 'with a private copy',
};
const resources = ['start more processes than allowed', 'hold more memory than allowed'];

/** All that the top of a box may hold: the system's programs, what a process needs, and what it was given. */
const foldersInside = [
  ...['usr', 'bin', 'sbin', 'lib', 'lib32', 'lib64', 'etc', 'proc', 'dev', 'tmp'],
  ...['plugin', 'node', 'wrapper', 'workspace'],
];

/** What the program says first. */
const ready = 'ready\n';

const program: Wrapper = {
  folder: dirname(fileURLToPath(import.meta.url)),
  file: 'probe-program.mjs',
  arguments: () => [],
};

/** Runs every probe in boxes of `boxer`. A box that does not even start is one result that is not contained. */
export async function probe(boxer: Boxer, shown: readonly Shown[] = ['none', 'read', 'write']): Promise<ProbeResult[]> {
  return inGround(async (ground) => {
    const suspect = { folder: ground.plugin, entry: { file: 'plugin.js', runtime: 'node' as const }, limits };
    const escapes = await Promise.all(shown.map((one) => probeEscapes(boxer, suspect, ground, one)));
    const first = escapes.flat().find(({ name }) => name === notStarted);
    // Without a box, nothing else is worth trying.
    if (first) return [first];
    const bounds = await Promise.all(resources.map((one) => probeResource(boxer, suspect, one)));
    return [...escapes.flat(), ...bounds];
  });
}

/** Whether a box of `boxer` can be built at all. */
export async function stands(boxer: Boxer): Promise<boolean> {
  const entry = { file: 'true', runtime: 'executable' as const };
  const box = spawnBox(boxer.launch({ pluginFolder: '/usr/bin', entry, workspace: null, wrapper: null, limits }));
  const timer = setTimeout(box.kill, limits.wallMs);
  const { code } = await box.exited;
  clearTimeout(timer);
  return code === 0;
}

/** The probes in the box of one plugin: what it is shown, and its own limits. */
export async function probeAs(boxer: Boxer, suspect: Suspect, shown: Shown): Promise<ProbeResult[]> {
  return inGround(async (ground) => {
    const escapes = await probeEscapes(boxer, suspect, ground, shown);
    const bounds = await Promise.all(resources.map((one) => probeResource(boxer, suspect, one)));
    return [...escapes, ...bounds];
  });
}

export const notStarted = 'start a box';

/** What the probes are made from: a folder of their own, with what they must and must not reach. */
interface Ground {
  readonly folder: string;
  readonly plugin: string;
  readonly secret: string;
  readonly port: number;
  readonly abstractSocket: string;
}

async function inGround<Result>(work: (ground: Ground) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'arbiter-probe-'));
  const abstractSocket = `${folder}-socket`;
  const listener = createServer((socket) => socket.end());
  const listenerByName = createServer((socket) => socket.end());
  try {
    await Promise.all([listening(listener, 0), listening(listenerByName, `\0${abstractSocket}`)]);
    const plugin = join(folder, 'plugin');
    const secret = join(folder, 'secret.txt');
    for (const name of ['plugin', 'read', 'read/hidden', 'write']) mkdirSync(join(folder, name));
    const files = { [secret]: 'secret', [join(plugin, 'plugin.js')]: '', [join(folder, 'read/inside.txt')]: 'inside' };
    files[join(folder, 'read/hidden/secret.txt')] = 'secret';
    for (const [file, content] of Object.entries(files)) writeFileSync(file, content);
    // Open to the user inside, whatever the umask: what contains the program has to be the box, not permissions.
    for (const name of ['.', 'plugin', 'read', 'read/hidden', 'write']) chmodSync(join(folder, name), 0o777);
    for (const file of Object.keys(files)) chmodSync(file, 0o644);
    const address = listener.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return await work({ folder, plugin, secret, port, abstractSocket });
  } finally {
    listener.close();
    listenerByName.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function listening(server: Server, at: number | string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    if (typeof at === 'number') server.listen(at, '127.0.0.1', resolve);
    else server.listen(at, resolve);
  });
}

async function probeEscapes(boxer: Boxer, suspect: Suspect, ground: Ground, shown: Shown): Promise<ProbeResult[]> {
  const source = join(ground.folder, shown);
  const hidden = shown === 'read' ? 'hidden' : null;
  const workspace = { source, writable: shown === 'write', hidden, layers: null };
  const { results, complaint } = await run(boxer, suspect, shown === 'none' ? null : workspace, {
    ...{ workspace: shown, filtered: boxer.level === 'full', ptrace: architectures[process.arch]?.calls.ptrace },
    ...{ secret: ground.secret, target: join(ground.folder, 'out.txt'), folders: foldersInside, pid: process.pid },
    ...{ port: ground.port, abstractSocket: ground.abstractSocket },
    environment: [...Object.keys(environmentInside), 'PWD', 'OLDPWD', 'SHLVL', '_'],
  });
  if (results === null) return [{ name: notStarted, contained: false, detail: complaint }];
  const found = results.map(({ name, out, detail }) => ({
    ...{ name: `${titles[shown]}: ${name}`, contained: name.includes('must work') ? out : !out, detail },
  }));
  return shown === 'write' ? [...found, probeLink(source, ground.secret)] : found;
}

/** What the kernel makes of a link that the box left: it must not read what lies behind it. */
function probeLink(copy: string, secret: string): ProbeResult {
  const left = fileState(join(copy, 'link'));
  const contained = left?.type === 'symlink' && left.digest !== fileState(secret)?.digest;
  const detail = contained ? 'taken as a link' : 'followed';
  return { name: `${titles.write}: make the kernel read through a link`, contained, detail };
}

async function probeResource(boxer: Boxer, suspect: Suspect, resource: string): Promise<ProbeResult> {
  const { results, complaint } = await run(boxer, suspect, null, { resource, limits: suspect.limits });
  const out = results?.[0]?.out ?? false;
  // Ended in the middle of it, or refused.
  const detail = results === null ? complaint : (results[0]?.detail ?? '');
  return { name: resource, contained: !out, detail };
}

interface Answer {
  readonly results: { name: string; out: boolean; detail: string }[] | null;
  /** Why there are none. */
  readonly complaint: string;
}

async function run(boxer: Boxer, suspect: Suspect, workspace: BoxWorkspace | null, facts: object): Promise<Answer> {
  const { limits } = suspect;
  // As the host does it: what one task alone may see is shown late.
  const late = workspace !== null && (workspace.writable || !boxer.reusable);
  const launch = boxer.launch({
    ...{ pluginFolder: suspect.folder, entry: suspect.entry, wrapper: program, limits },
    workspace: late ? 'late' : workspace,
  });
  const box = spawnBox(launch);
  const watchdog = newWatchdog();
  const ended: string[] = [];
  const end = (because: string) => {
    ended.push(because);
    box.kill();
  };
  const timer = setTimeout(() => end(`no answer in ${limits.wallMs} ms`), limits.wallMs);
  if (box.pid !== undefined)
    watchdog
      .watch({ pid: box.pid, limits, busy: () => true, onBreach: (limit, detail) => end(`${limit}: ${detail}`) })
      .hurry();
  const stdout = kept(box.stdout);
  const stderr = kept(box.stderr);
  // Its first word: the box stands. Shown before that, the workspace would become part of how it is built.
  await Promise.race([new Promise((resolve) => box.stdout.once('data', resolve)), box.exited]);
  if (late) await box.show(workspace).catch((error: Error) => end(error.message));
  box.stdin.end(JSON.stringify(facts));
  const exit = await box.exited;
  clearTimeout(timer);
  watchdog.stop();
  try {
    return { results: JSON.parse(stdout().replace(ready, '')), complaint: '' };
  } catch {
    return { results: null, complaint: ended[0] ?? (stderr().trim().split('\n').at(-1) || exit.detail) };
  }
}

/** Gives what has come so far, up to as much as a probe may say. */
function kept(stream: RunningBox['stdout']): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(0, limits.outputBytes);
  });
  return () => text;
}
