import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { verifierPath } from './beside.ts';
import { fillLedger, newEntry, type TemporaryLedger, temporaryLedger } from './fixtures/temporary-ledger.ts';
import { newSecret, signerOf } from './note.ts';
import { proveEntry } from './prove.ts';
import { resumeLedger } from './resume.ts';
import { openForReading, type Store } from './store.ts';
import { verifyProof } from './verify-proof.ts';

let place: TemporaryLedger;
let store: Store;
let key: string;

describe('A proof of an entry', () => {
  before(async () => {
    place = await temporaryLedger();
    fillLedger(
      place.path,
      Array.from({ length: 700 }, (_, index) => newEntry(index + 1)),
    );
    store = openForReading(place.path);
    key = readFileSync(verifierPath(place.path), 'utf8').trim();
  });

  after(async () => {
    store.close();
    await place.remove();
  });

  it('proves each entry under the ledger’s key', () => {
    for (const seq of [1, 2, 255, 256, 257, 512, 513, 699, 700]) {
      const proven = verifyProof(proveEntry(store, seq) as string, key);

      assert.ok(typeof proven !== 'string', String(proven));
      assert.deepEqual(
        { seq: proven.seq, id: proven.id, taskKey: proven.taskKey, size: proven.size },
        { seq, id: newEntry(seq).id, taskKey: `task-${seq}`, size: 700 },
      );
    }
  });

  it('is none with any line changed', () => {
    const proof = proveEntry(store, 300) as string;
    const lines = proof.split('\n');

    for (const [at, line] of lines.entries()) {
      if (line === '') continue;
      // Not the last characters, some bits of which base64 leaves unused.
      const changed = `${line.slice(0, -10)}${line.at(-10) === 'x' ? 'y' : 'x'}${line.slice(-9)}`;
      const result = verifyProof(lines.with(at, line.length > 10 ? changed : `${line}0`).join('\n'), key);
      assert.equal(typeof result, 'string', `line ${at}: ${JSON.stringify(result)}`);
    }
  });

  it('says why it is none', () => {
    const proof = proveEntry(store, 300) as string;
    const other = signerOf(newSecret(key.split('+')[0] as string)).verifierKey;

    assert.equal(verifyProof(proof, other), 'The checkpoint is not signed by the key.');
    assert.equal(verifyProof(proof, 'x'), 'The key is no verifier key.');
    assert.equal(verifyProof('', key), 'This is no proof of an entry.');
    assert.equal(
      verifyProof(proof.replace('index 299', 'index 298'), key),
      'The entry does not lead to the root that was signed.',
    );
  });

  it('is not there before a checkpoint covers the entry', async () => {
    const fresh = await temporaryLedger();
    const { store: open, appender } = resumeLedger(fresh.path);
    appender.append([newEntry(1)]);

    assert.equal(proveEntry(open, 1), null);
    open.close();
    await fresh.remove();
  });
});
