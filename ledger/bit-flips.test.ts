import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { fillLedger, newEntry, type TemporaryLedger, temporaryLedger } from './fixtures/temporary-ledger.ts';
import { openReader, type StoredEntry } from './reader.ts';
import { verifyLedger } from './verify.ts';

const entries = Array.from({ length: 60 }, (_, index) => newEntry(index + 1));
let place: TemporaryLedger;
let bytes: Buffer;
let content: Content;

interface Content {
  readonly all: StoredEntry[];
  readonly outcomes: (StoredEntry | undefined)[];
}

function contentOf(path: string): Content {
  const reader = openReader(path);
  try {
    // The second way goes by an index.
    return { all: reader.after(0, 1000), outcomes: entries.map(({ taskKey }) => reader.outcomeOf(taskKey)) };
  } finally {
    reader.close();
  }
}

describe('One flipped bit of the ledger file', () => {
  before(async () => {
    place = await temporaryLedger();
    fillLedger(place.path, entries);
    bytes = readFileSync(place.path);
    content = contentOf(place.path);
  });

  after(() => place.remove());

  it('is found, or changes nothing that can be read', () => {
    const anyBit = fc.nat({ max: bytes.length * 8 - 1 });
    const flipped = `${place.folder}/flipped.db`;

    fc.assert(
      fc.property(anyBit, (bit) => {
        const copy = Buffer.from(bytes);
        copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        for (const suffix of ['-wal', '-shm']) rmSync(flipped + suffix, { force: true });
        writeFileSync(flipped, copy);

        const { code } = verifyLedger(flipped, { notes: [] });

        if (code !== 1) assert.deepEqual(contentOf(flipped), content);
      }),
      { numRuns: 60 },
    );
  });
});
