// Escape probes: a program that tries to get out, run inside a real box. One success, and the level does not count.
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { CategoryBudget } from '../../../contracts/generated/performance.v1.ts';
import { type Boxer, environmentInside } from '../launch/box.ts';

export interface ProbeResult {
  readonly name: string;
  readonly contained: boolean;
  /** What came back when it was contained, or what got out. */
  readonly detail: string;
}

const limits: CategoryBudget = {
  wallMs: 10_000,
  cpuSeconds: 10,
  memoryMb: 1024,
  processes: 32,
  openFiles: 64,
  fileMb: 1,
  outputBytes: 65_536,
  scratchMb: 64,
  workspaceMb: 64,
  messagesPerSecond: 200,
  outputMbPerSecond: 32,
  recycleTasks: 1000,
};

/** All that the top of a box may hold: the system's programs, what a process needs, and what it was given. */
const foldersInside = [
  ...['usr', 'bin', 'sbin', 'lib', 'lib32', 'lib64', 'etc', 'proc', 'dev', 'tmp'],
  ...['plugin', 'node', 'workspace'],
];

// Each attempt resolves when it got out and throws when it was contained. The first one has to succeed: a box in which
// nothing works contains everything, and proves nothing.
const program = `
const fs = require('node:fs'), net = require('node:net');
const facts = JSON.parse(fs.readFileSync(0, 'utf8'));
const workspace = process.cwd();
const attempts = {
  'read the workspace (must work)': () => { if (fs.readFileSync(workspace + '/inside.txt', 'utf8') !== 'inside') throw new Error('wrong content'); },
  'read a file outside': () => fs.readFileSync(facts.secret),
  'see other folders': () => { if (fs.readdirSync('/').every((name) => facts.folders.includes(name))) throw new Error('none'); },
  'write a file outside': () => fs.writeFileSync(facts.target, 'out'),
  'write to a read-only workspace': () => fs.writeFileSync(workspace + '/written.txt', 'x'),
  'write to the plugin': () => fs.writeFileSync(__dirname + '/written.txt', 'x'),
  'write to /usr': () => fs.writeFileSync('/usr/arbiter-probe', 'x'),
  'write to /proc/sys': () => fs.writeFileSync('/proc/sys/kernel/core_pattern', fs.readFileSync('/proc/sys/kernel/core_pattern')),
  'see the kernel process': () => process.kill(facts.pid, 0),
  'read the environment of the kernel': () => { if (Object.keys(process.env).every((name) => facts.environment.includes(name))) throw new Error('only its own'); },
  'connect to loopback': () => new Promise((resolve, reject) => net.connect(facts.port, '127.0.0.1', resolve).on('error', reject)),
  'use an inherited descriptor': () => { for (let fd = 3; fd < 64; fd++) { try { if (fs.readlinkSync('/proc/self/fd/' + fd).includes(facts.descriptor)) return; } catch {} } throw new Error('none'); },
  'gain privileges': () => { if (/CapEff:\\s*0*[1-9a-f]/.test(fs.readFileSync('/proc/self/status', 'utf8'))) return; throw new Error('no capability'); },
};
(async () => {
  const results = [];
  for (const [name, attempt] of Object.entries(attempts)) {
    try { await attempt(); results.push({ name, out: true, detail: 'succeeded' }); }
    catch (error) { results.push({ name, out: false, detail: String(error.code || error.message) }); }
  }
  process.stdout.write(JSON.stringify(results));
  process.exit(0);
})();
`;

const prefix = 'arbiter-probe-';
const forgottenMs = 60 * 60 * 1000;

/** Folders of probes whose kernel was killed. */
function removeForgotten(): void {
  for (const name of readdirSync(tmpdir()).filter((name) => name.startsWith(prefix))) {
    const path = join(tmpdir(), name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.uid === process.getuid?.() && Date.now() - (stat?.mtimeMs ?? 0) > forgottenMs)
      rmSync(path, { recursive: true, force: true });
  }
}

/** Runs every probe in a box of `boxer`. A box that does not even start is one result that is not contained. */
export async function probe(boxer: Boxer): Promise<ProbeResult[]> {
  removeForgotten();
  const folder = mkdtempSync(join(tmpdir(), prefix));
  const listener = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  try {
    await new Promise((resolve) => listener.once('listening', resolve));
    const secret = join(folder, 'secret.txt');
    writeFileSync(secret, 'secret');
    for (const name of ['plugin', 'workspace']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'plugin', 'probe.cjs'), program);
    writeFileSync(join(folder, 'workspace', 'inside.txt'), 'inside');
    // Open to the user inside, whatever the umask: what contains the program has to be the box, not permissions.
    for (const name of ['.', 'plugin', 'workspace']) chmodSync(join(folder, name), 0o1777);
    for (const name of ['plugin/probe.cjs', 'workspace/inside.txt', 'secret.txt']) chmodSync(join(folder, name), 0o644);

    const { command, env } = boxer.launch({
      pluginFolder: join(folder, 'plugin'),
      entry: { file: 'probe.cjs', runtime: 'node' },
      workspace: { source: join(folder, 'workspace'), writable: false, hidden: null },
      limits,
    });
    const facts = {
      secret,
      target: join(folder, 'out.txt'),
      folders: foldersInside,
      pid: process.pid,
      port: portOf(listener),
      descriptor: 'arbiter-probe',
      environment: [...Object.keys(environmentInside), 'PWD', 'OLDPWD', 'SHLVL', '_'],
    };
    const [file, ...args] = command as [string, ...string[]];
    const { stdout, stderr, failed } = await execa(file, args, {
      env,
      extendEnv: false,
      input: JSON.stringify(facts),
      reject: false,
      timeout: limits.wallMs,
      cwd: join(folder, 'workspace'),
    });
    if (failed) return [{ name: 'start a box', contained: false, detail: lastLine(stderr) || 'it did not start' }];
    return readResults(stdout);
  } finally {
    listener.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function readResults(stdout: string): ProbeResult[] {
  const results = JSON.parse(stdout) as { name: string; out: boolean; detail: string }[];
  return results.map(({ name, out, detail }) => ({ name, contained: name.includes('must work') ? out : !out, detail }));
}

function portOf(server: ReturnType<typeof createServer>): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
