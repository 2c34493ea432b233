// Writes a ledger out as plain files: a tiled log (c2sp.org/tlog-tiles), the contents as JSON lines, the verifier keys.
import { once } from 'node:events';
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { leafTexts } from './leaves.ts';
import { tileWidth, widthOf } from './merkle.ts';
import { type Store, verifierKeys } from './store.ts';
import { newStoredTree } from './tiles.ts';

export interface Exported {
  readonly entries: number;
  readonly tiles: number;
}

/** Exports what the latest checkpoint covers into `folder`, which may be there and has to be empty then. Null where there is none. */
export async function exportLedger(
  store: Store,
  folder: string,
  progress?: (entries: number) => void,
): Promise<Exported | null> {
  const latest = store.prepare('SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1').get();
  if (latest === undefined) return null;
  const { size, note } = latest as { size: number; note: string };
  const tree = newStoredTree(store);
  let tiles = 0;
  for (let level = 0; widthOf(size, level) > 0; level++)
    for (const { index, width } of tilesOf(widthOf(size, level))) {
      write(join(folder, 'tile', `${level}`, tilePath(index, width)), tree.tile(level, index, width));
      tiles += 1;
    }
  for (const { index, width } of tilesOf(size)) {
    const first = index * tileWidth + 1;
    write(join(folder, 'tile', 'entries', tilePath(index, width)), bundle(leafTexts(store, first, first + width - 1)));
  }
  await writeContents(store, size, join(folder, 'payload.jsonl'), progress);
  writeFileSync(join(folder, 'ledger.vkey'), `${verifierKeys(store).join('\n')}\n`);
  writeFileSync(join(folder, 'checkpoint'), note);
  return { entries: size, tiles };
}

function* tilesOf(width: number): Generator<{ index: number; width: number }> {
  for (let index = 0; index * tileWidth < width; index++)
    yield { index, width: Math.min(tileWidth, width - index * tileWidth) };
}

/** Three digits a folder, all but the last with an x before them; a partial tile says how wide it is. */
function tilePath(index: number, width: number): string {
  const digits = `${index}`.padStart(Math.ceil(`${index}`.length / 3) * 3, '0');
  const groups = digits.match(/\d{3}/g) as string[];
  const path = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
  return width === tileWidth ? path : `${path}.p/${width}`;
}

/** Leaves one after the other, each behind its length in two bytes. */
function bundle(leaves: Iterable<string>): Buffer {
  const parts: Buffer[] = [];
  for (const leaf of leaves) {
    const bytes = Buffer.from(leaf);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(bytes.length);
    parts.push(length, bytes);
  }
  return Buffer.concat(parts);
}

function write(path: string, bytes: Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

/** Body and envelope as the bytes that were hashed, so as strings; null where they were redacted. */
async function writeContents(
  store: Store,
  size: number,
  path: string,
  progress?: (entries: number) => void,
): Promise<void> {
  const file = createWriteStream(path);
  const rows = store.prepare('SELECT seq, body, env FROM payload WHERE seq <= ? ORDER BY seq');
  for (const row of rows.iterate(size) as IterableIterator<{ seq: number }>) {
    if (!file.write(`${JSON.stringify(row)}\n`)) await once(file, 'drain');
    if (row.seq % 10_000 === 0) progress?.(row.seq);
  }
  file.end();
  await finished(file);
}
