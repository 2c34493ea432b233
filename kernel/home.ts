// The folders of a home.
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export interface Home {
  readonly path: string;
  readonly settings: string;
  readonly inbox: string;
  readonly processing: string;
  readonly waiting: string;
  readonly done: string;
  readonly failed: string;
  readonly quarantine: string;
  readonly plugins: string;
  readonly process: string;
  readonly policies: string;
  /** Public keys whose certificates count. */
  readonly trust: string;
  readonly effects: string;
  /** Stops the kernel while it is there. */
  readonly stop: string;
  readonly run: string;
  readonly circuits: string;
  readonly heartbeat: string;
  /** Private copies: safe to delete when no kernel runs. */
  readonly copies: string;
  /** Trees of commits, below private copies: safe to delete when no kernel runs. */
  readonly bases: string;
  /** Where boxes with granted hosts find the kernel's proxy: safe to delete when no kernel runs. */
  readonly waysOut: string;
  readonly socket: string;
  readonly ledger: string;
}

export function homeAt(path: string): Home {
  const root = resolve(path);
  return {
    path: root,
    settings: join(root, 'arbiter.yaml'),
    inbox: join(root, 'inbox'),
    processing: join(root, 'processing'),
    waiting: join(root, 'waiting'),
    done: join(root, 'done'),
    failed: join(root, 'failed'),
    quarantine: join(root, 'quarantine'),
    plugins: join(root, 'plugins'),
    process: join(root, 'process'),
    policies: join(root, 'policies'),
    trust: join(root, 'trust'),
    effects: join(root, 'effects'),
    stop: join(root, 'STOP'),
    run: join(root, 'run'),
    circuits: join(root, 'run', 'circuits.json'),
    heartbeat: join(root, 'run', 'heartbeat.json'),
    copies: join(root, 'run', 'copies'),
    bases: join(root, 'run', 'bases'),
    waysOut: shortPath(root, 'out', '/123456/socket'),
    socket: shortPath(root, 'kernel.sock'),
    ledger: join(root, 'ledger', 'ledger.db'),
  };
}

/** A socket's path may have about a hundred bytes; what belongs to a longer home lies in the system's temporary folder. */
function shortPath(root: string, name: string, below = ''): string {
  const path = join(root, 'run', name);
  if (Buffer.byteLength(`${path}${below}`) <= 100) return path;
  return join(tmpdir(), `arbiter-${createHash('sha256').update(root).digest('hex').slice(0, 16)}-${name}`);
}

/** Makes the folders that are not there yet. */
export function makeFolders(home: Home): void {
  const { inbox, processing, waiting, done, failed, quarantine, effects, copies, bases } = home;
  const own = [home.plugins, home.process, home.policies, home.trust];
  for (const folder of [inbox, processing, waiting, done, failed, quarantine, ...own, effects, copies, bases])
    mkdirSync(folder, { recursive: true });
}
