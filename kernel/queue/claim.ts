// A claimed file: its name says when it was claimed and what it was called.
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import type { Home } from '../home.ts';

export interface Claim {
  /** UUIDv7: holds the moment of the claim. */
  readonly id: string;
  /** The name as it was dropped, such as `many.jsonl`. */
  readonly file: string;
  /** The moment of the claim, RFC 3339. */
  readonly claimedAt: string;
  /** Whether the claim was found at start, so that some of its lines may be settled already. */
  readonly recovered: boolean;
}

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';
// A file's name may hold a line break.
const claimedName = new RegExp(`^(${uuid})\\.(.+\\.jsonl)$`, 's');
/** A name may have 255 bytes, and the claim's id and `.results` take some of them. */
const longestName = 200;

/** A claim of the file `name`. A name that an earlier claim gave loses that part; one that is too long, its end. */
export function newClaim(name: string): Claim {
  const id = uuidv7();
  return { id, file: shortened(claimedName.exec(name)?.[2] ?? name), claimedAt: momentOf(id), recovered: false };
}

/** The claim that a name in processing/ stands for, or null. */
export function recoverClaim(name: string): Claim | null {
  const match = claimedName.exec(name);
  if (!match) return null;
  const [, id, file] = match as unknown as [string, string, string];
  return { id, file, claimedAt: momentOf(id), recovered: true };
}

/** Where a claim's files are. */
export function pathsOf(home: Home, { id, file }: Pick<Claim, 'id' | 'file'>) {
  const stem = `${id}.${file.replace(/\.jsonl$/, '')}`;
  return {
    processing: join(home.processing, `${id}.${file}`),
    /** While the file is being worked on. */
    partial: {
      results: join(home.processing, `${id}.results`),
      failed: join(home.processing, `${id}.failed`),
      errors: join(home.processing, `${id}.errors`),
    },
    done: join(home.done, `${stem}.jsonl`),
    results: join(home.done, `${stem}.results.jsonl`),
    failed: join(home.failed, `${stem}.jsonl`),
    errors: join(home.failed, `${stem}.errors.jsonl`),
  };
}

function shortened(name: string): string {
  if (Buffer.byteLength(name) <= longestName) return name;
  const end = '~.jsonl';
  const stem = [...name];
  while (Buffer.byteLength(stem.join('')) > longestName - end.length) stem.pop();
  return `${stem.join('')}${end}`;
}

/** A UUIDv7 begins with milliseconds since the epoch. */
function momentOf(id: string): string {
  return new Date(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toISOString();
}
