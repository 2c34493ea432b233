// What surrounds the kernel under attack: a home, workspaces, and decoys outside that attacks reach for. All of it lies in
// one temporary folder, but for one decoy below the home folder of the user.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type ListenOptions, type Server } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Home, homeAt, makeFolders } from '../../kernel/home.ts';
import type { Facts } from './attacks/attack.ts';

export interface World {
  readonly place: string;
  readonly home: Home;
  /** What the decoy file holds. */
  readonly secret: string;
  /** All but the number of the kernel's process, which is not there yet. */
  readonly facts: Omit<Facts, 'kernelPid'>;
  /** What listeners of the runner heard. */
  readonly heard: ReadonlySet<string>;
  /** Environment of the kernel; holds the token. */
  readonly env: Readonly<Record<string, string>>;
  /** A folder that tasks may work on. */
  workspace(name: string, kind: 'folder' | 'repository'): string;
  remove(): Promise<void>;
}

export async function makeWorld(): Promise<World> {
  const place = realpathSync(mkdtempSync(join(tmpdir(), 'arbiter-hostile-')));
  const belowHome = mkdtempSync(join(homedir(), '.arbiter-hostile-'));
  const token = `h${randomBytes(5).toString('hex')}`;
  const secret = `the decoy holds ${token}\n`;
  const home = homeAt(join(place, 'home'));
  makeFolders(home);
  // What keeps a plugin out has to be the box, not permissions: all that attacks reach for is open to everybody.
  chmodSync(place, 0o755);
  for (const name of ['outside', 'outside/open', 'tmp', 'work']) {
    mkdirSync(join(place, name));
    chmodSync(join(place, name), 0o1777);
  }
  chmodSync(belowHome, 0o755);
  const secretFile = join(place, 'outside', 'secret.txt');
  const homeFolderFile = join(belowHome, 'secret.txt');
  const inheritedFile = join(place, 'outside', 'inherited.txt');
  for (const path of [secretFile, homeFolderFile, inheritedFile]) {
    writeFileSync(path, secret);
    chmodSync(path, 0o666);
  }
  writeSettings(home);

  const heard = new Set<string>();
  const listeners: Server[] = [];
  const listen = async (what: string, options: ListenOptions): Promise<number> => {
    const server = createServer((socket) => {
      heard.add(what);
      socket.on('error', () => undefined).end();
    });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(options, resolve));
    listeners.push(server);
    return (server.address() as AddressInfo).port;
  };
  const datagrams = createSocket('udp4');
  datagrams.on('message', (message, from) => {
    const isDatagram = message.toString('latin1') === 'hostile';
    heard.add(isDatagram ? 'datagram' : 'question');
    if (isDatagram) datagrams.send('heard', from.port, from.address);
  });
  await new Promise<void>((resolve) => datagrams.bind(0, '127.0.0.1', resolve));

  const unixSocket = join(place, 'outside', 'listener.sock');
  await listen('socket file', { path: unixSocket });
  chmodSync(unixSocket, 0o777);
  await listen('abstract socket', { path: `\0arbiter-${token}` });
  const listenPort = await freePort();
  const visitor = setInterval(() => visit(listenPort, token, () => heard.add('answer of a plugin')), 100);
  const decoy = await startDecoy(token);

  const facts = {
    token,
    place,
    secretFile,
    homeFolderFile,
    openFolder: join(place, 'outside', 'open'),
    home: home.path,
    settings: home.settings,
    ledger: home.ledger,
    inbox: home.inbox,
    controlSocket: home.socket,
    decoyPid: decoy.pid as number,
    tcpPort: await listen('tcp', { host: '127.0.0.1', port: 0 }),
    tcp6Port: await listen('tcp6', { host: '::1', port: 0 }).catch(() => 9),
    udpPort: datagrams.address().port,
    unixSocket,
    abstractSocket: `arbiter-${token}`,
    listenPort,
    inheritedFile,
  };

  return {
    place,
    home,
    secret,
    facts,
    heard,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: homedir(),
      TMPDIR: join(place, 'tmp'),
      XDG_STATE_HOME: join(place, 'state'),
      ARBITER_HOSTILE_SECRET: token,
    },
    workspace: (name, kind) => makeWorkspace(join(place, 'work', name), kind),
    async remove() {
      clearInterval(visitor);
      decoy.kill('SIGKILL');
      datagrams.close();
      for (const server of listeners) server.close();
      // Plugins leave folders that forbid everything; their owner may open them again.
      execFileSync('chmod', ['-R', 'u+rwX', place]);
      // Node cannot remove a tree that is deeper than a path may be long.
      execFileSync('rm', ['-rf', place, belowHome]);
    },
  };
}

export function writeSettings(home: Home): void {
  const settings = {
    schema: 'settings.v1',
    workspaces: ['..'],
    queue: { restMs: 50 },
    concurrency: 6,
    stop: { graceMs: 300 },
    // Every task is meant to be asked, however the ones before it ended.
    breaker: { failures: 100_000 },
  };
  writeFileSync(home.settings, JSON.stringify(settings));
}

/** A folder with a file and a link out of it. */
function makeWorkspace(folder: string, kind: 'folder' | 'repository'): string {
  mkdirSync(folder);
  writeFileSync(join(folder, 'notes.txt'), 'notes\n');
  if (kind === 'repository') {
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...args], { cwd: folder });
    git('init', '--quiet', '--initial-branch=main');
    git('add', '.');
    git('commit', '--quiet', '--message=First commit');
  }
  return folder;
}

/** Adds the link that a task finds in its workspace. */
export function addLinkOut(folder: string): void {
  symlinkSync('../../outside/secret.txt', join(folder, 'link-out'));
}

/** A process of the kernel's user, with a secret in its environment. */
async function startDecoy(token: string): Promise<ChildProcess> {
  const decoy = spawn('/usr/bin/perl', ['-e', '$| = 1; print "there"; sleep 300', `decoy-${token}`], {
    env: { PATH: process.env.PATH, ARBITER_HOSTILE_SECRET: token },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await new Promise((resolve) => decoy.stdout?.once('data', resolve));
  return decoy;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Comes by and looks whether a plugin answers there. */
function visit(port: number, token: string, onAnswer: () => void): void {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined).on('data', (data) => data.toString().includes(token) && onAnswer());
  socket.setTimeout(500, () => socket.destroy());
}
