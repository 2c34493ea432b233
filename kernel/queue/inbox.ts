// Watches the inbox and claims what is dropped there, by renaming it. Watchers miss events, so the folder is listed
// again from time to time whatever they say.
import {
  accessSync,
  constants,
  type Dirent,
  existsSync,
  type FSWatcher,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type ArbiterError, fault } from '../../contracts/errors.ts';
import type { ErrorLine } from '../../contracts/generated/error-line.v1.ts';
import { crashPoint } from '../crash-point.ts';
import type { Home } from '../home.ts';
import { type Claim, newClaim, pathsOf, recoverClaim } from './claim.ts';

export interface Inbox {
  /** Claims up to `most` files, oldest first. */
  claim(most: number): Claim[];
  /** Claims that an earlier kernel left unfinished. */
  recover(): Claim[];
  /** Calls back when something may have been dropped. */
  watch(onChange: () => void): void;
  close(): void;
}

export function openInbox(home: Home, rescanMs: number): Inbox {
  let watcher: FSWatcher | undefined;
  let timer: NodeJS.Timeout | undefined;
  /** Names that cannot be moved; each is reported once. */
  const stuck = new Set<string>();

  let onDropped: (() => void) | undefined;

  function watchFolder(onChange: () => void): void {
    watcher = watch(home.inbox, onChange);
    watcher.on('error', () => watcher?.close());
  }

  /** Whoever removed the inbox may want to drop something again. Throws HOME_MISSING when the home went with it. */
  function remake(): void {
    if (!existsSync(home.path)) throw fault('HOME_MISSING', { path: home.path });
    mkdirSync(home.inbox, { recursive: true });
    watcher?.close();
    if (onDropped) watchFolder(onDropped);
  }

  return {
    claim(most) {
      const claims: Claim[] = [];
      if (!existsSync(home.inbox)) remake();
      for (const entry of oldestFirst(home.inbox)) {
        if (claims.length >= most) break;
        const claim = stuck.has(entry.name) ? null : claimFile(home, entry, stuck);
        if (claim) claims.push(claim);
      }
      return claims;
    },
    recover: () =>
      readdirSync(home.processing)
        .sort()
        .flatMap((name) => recoverClaim(name) ?? []),
    watch(onChange) {
      timer = setInterval(onChange, rescanMs);
      onDropped = onChange;
      watchFolder(onChange);
    },
    close() {
      watcher?.close();
      clearInterval(timer);
    },
  };
}

function oldestFirst(folder: string): Dirent[] {
  const dropped = readdirSync(folder, { withFileTypes: true }).filter(
    ({ name }) => name.endsWith('.jsonl') && !name.startsWith('.'),
  );
  if (dropped.length < 2) return dropped;
  const times = new Map(
    dropped.map(({ name }) => [name, lstatSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0]),
  );
  return dropped.sort((a, b) => (times.get(a.name) ?? 0) - (times.get(b.name) ?? 0) || (a.name < b.name ? -1 : 1));
}

/** Claims one entry; what cannot be read is put aside, with the reason beside it. */
function claimFile(home: Home, entry: Dirent, stuck: Set<string>): Claim | null {
  const claim = newClaim(entry.name);
  const from = join(home.inbox, entry.name);
  try {
    if (!entry.isFile()) {
      const found = entry.isDirectory() ? 'folder' : entry.isSymbolicLink() ? 'link' : 'special file';
      putAside(home, from, claim, fault('FILE_NOT_REGULAR', { name: entry.name, found }));
      return null;
    }
    const problem = unreadable(from);
    if (problem) {
      putAside(home, from, claim, fault('FILE_UNREADABLE', { name: entry.name, detail: problem }));
      return null;
    }
    renameSync(from, pathsOf(home, claim).processing);
    crashPoint('after-claim');
    return claim;
  } catch (error) {
    // Whoever dropped it took it back.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    stuck.add(entry.name);
    const detail = `it cannot be moved: ${(error as NodeJS.ErrnoException).code}`;
    writeReason(home, claim, fault('FILE_UNREADABLE', { name: entry.name, detail }));
    return null;
  }
}

function putAside(home: Home, from: string, claim: Claim, error: ArbiterError): void {
  renameSync(from, pathsOf(home, claim).failed);
  writeReason(home, claim, error);
}

function writeReason(home: Home, claim: Claim, { code, message, expected, remedy }: ArbiterError): void {
  const line: ErrorLine = { file: claim.file, line: 0, id: null, code, message, expected, remedy };
  writeFileSync(pathsOf(home, claim).errors, `${JSON.stringify(line)}\n`);
}

function unreadable(path: string): string | null {
  try {
    accessSync(path, constants.R_OK);
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw error;
    return code === 'EACCES' ? 'permission denied' : `${code}`;
  }
}
