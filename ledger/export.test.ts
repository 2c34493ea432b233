import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportLedger } from './export.ts';
import { fillLedger, newEntry, type TemporaryLedger, temporaryLedger } from './fixtures/temporary-ledger.ts';
import { newSecret, signerOf } from './note.ts';
import { openForReading } from './store.ts';
import { verifyExport } from './verify-export.ts';

let place: TemporaryLedger;
let folder: string;

describe('An exported ledger', () => {
  beforeEach(async () => {
    place = await temporaryLedger();
    folder = join(place.folder, 'export');
    fillLedger(
      place.path,
      Array.from({ length: 600 }, (_, index) => newEntry(index + 1, index === 3 ? { body: '{"ü":"€\u2028"}' } : {})),
    );
    const store = openForReading(place.path);
    assert.deepEqual(await exportLedger(store, folder), { entries: 600, tiles: 4 });
    store.close();
  });

  afterEach(() => place.remove());

  it('verifies without SQLite', () => {
    assert.deepEqual(verifyExport(folder), { code: 0, entries: 600, redacted: [], findings: [] });
  });

  it('does not verify under another key', () => {
    const { verifierKey } = signerOf(newSecret('other'));

    assert.deepEqual(verifyExport(folder, verifierKey).findings, ['The checkpoint is not signed by the key.']);
  });

  const tamperings: [string, string, (text: Buffer) => Buffer | null, RegExp][] = [
    [
      'a body',
      'payload.jsonl',
      (text) => replaced(text, 'number\\":17}', 'number\\":18}'),
      /The body of entry 17 was changed/,
    ],
    ['a leaf', 'tile/entries/000', (text) => replaced(text, 'task-17\n', 'task-18\n'), /Entry 18 does not follow/],
    ['a tile', 'tile/0/001', (text) => Buffer.concat([Buffer.alloc(1), text.subarray(1)]), /Tile 0\/1 does not follow/],
    ['a partial tile', 'tile/1/000.p/2', () => null, /Tile 1\/0 does not follow/],
    ['the checkpoint', 'checkpoint', (text) => replaced(text, '\n600\n', '\n599\n'), /not signed by the key/],
    [
      'the end of the contents',
      'payload.jsonl',
      (text) => text.subarray(0, text.lastIndexOf('{"seq"')),
      /The content of entry 600 is missing/,
    ],
    [
      'a content',
      'payload.jsonl',
      (text) =>
        replaced(
          text,
          '{"seq":17,"body":"{\\"number\\":17}","env":"{\\"pid\\":1017}"}',
          '{"seq":17,"body":null,"env":null}',
        ),
      /The content of entry 17 is missing/,
    ],
    [
      'a content too many',
      'payload.jsonl',
      (text) => Buffer.concat([text, Buffer.from('{}\n')]),
      /content that belongs to no entry/,
    ],
    ['a bundle', 'tile/entries/001', () => null, /cannot be read as an exported ledger/],
  ];
  for (const [what, file, change, finding] of tamperings)
    it(`does not verify with ${what} changed or gone`, () => {
      const path = join(folder, file);
      const changed = change(readFileSync(path));
      if (changed) writeFileSync(path, changed);
      else rmSync(path);

      const { code, findings } = verifyExport(folder);

      assert.equal(code, 1);
      assert.match(findings.join('\n'), finding);
    });
});

function replaced(text: Buffer, from: string, to: string): Buffer {
  const at = text.indexOf(from);
  assert.ok(at >= 0, from);
  return Buffer.concat([text.subarray(0, at), Buffer.from(to), text.subarray(at + Buffer.byteLength(from))]);
}
