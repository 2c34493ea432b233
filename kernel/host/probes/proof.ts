// What the probes found is kept until this machine starts anew, so that not every start pays for them. It counts only for
// exactly the same box: same programs, same command line, same user. A box that cannot be built says so by itself.
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Boxer } from '../launch/box.ts';
import { seccompFilter } from '../launch/seccomp.ts';
import type { Trial } from './probe.ts';

/** The proof of `boxer` from earlier in this boot; null when there is none for this very box. */
export function keptProof(boxer: Boxer): Trial | null {
  try {
    const { probes, provenAt } = JSON.parse(readFileSync(proofPath(boxer), 'utf8')) as Trial;
    const proven = probes.length > 0 && probes.every(({ contained }) => contained === true);
    return proven ? { boxer, probes, proven, provenAt } : null;
  } catch {
    return null;
  }
}

/** Keeps a proof; where it cannot be kept, the next start probes again. */
export function keepProof({ boxer, probes, provenAt }: Trial): void {
  try {
    const path = proofPath(boxer);
    writeFileSync(`${path}.${process.pid}`, JSON.stringify({ probes, provenAt }), { mode: 0o600 });
    renameSync(`${path}.${process.pid}`, path);
  } catch {
    // Nothing depends on it.
  }
}

/** Below a folder that does not outlive the boot, and that nobody else could have made. */
function proofPath(boxer: Boxer): string {
  const folder = join(process.env.XDG_RUNTIME_DIR || tmpdir(), `arbiter-proofs-${process.getuid?.()}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(folder);
  if (uid !== process.getuid?.() || (mode & 0o777) !== 0o700) throw new Error(`${folder} is not this user’s own.`);
  return join(folder, fingerprint(boxer));
}

/** A digest of all that makes a box what it is. */
function fingerprint(boxer: Boxer): string {
  const limits = { wallMs: 1, cpuSeconds: 1, memoryMb: 1, processes: 1, openFiles: 1, fileMb: 1, outputBytes: 1 };
  const rates = { scratchMb: 1, workspaceMb: 1, messagesPerSecond: 1, outputMbPerSecond: 1, recycleTasks: 1 };
  const workspaces = [
    null,
    'late',
    ...[true, false].map((writable) => ({ source: '/', writable, hidden: 'home', layers: null })),
  ];
  const launches = workspaces.map((workspace) =>
    boxer.launch({
      ...{ pluginFolder: '/usr', entry: { file: 'plugin.js', runtime: 'node' }, wrapper: null },
      ...{ workspace: workspace as null, limits: { ...limits, ...rates } },
    }),
  );
  const parts = [
    readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'),
    `${process.getuid?.()} ${process.getgid?.()}`,
    JSON.stringify(launches),
    ...['bwrap', 'unshare', 'setpriv', 'prlimit', 'mount', 'sh'].map(identity),
    ...[process.execPath, fileURLToPath(new URL('probe-program.mjs', import.meta.url))].map(identityAt),
    seccompFilter()?.toString('hex') ?? '',
  ];
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}

/** Which file a program is, and whether it is still the same. */
function identity(name: string): string {
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
  return found ? identityAt(found) : `no ${name}`;
}

function identityAt(path: string): string {
  const { size, mtimeMs, ctimeMs, ino, dev } = statSync(path);
  return [path, size, mtimeMs, ctimeMs, ino, dev].join(' ');
}
