import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '../../ledger/digest.ts';
import { newEffectStore, writeDurably } from './effect-store.ts';

let folder: string;

describe('the effect store', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'effect-store-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('gives back by its digest what was put', () => {
    const store = newEffectStore(folder);
    for (const content of [Buffer.from('grüße'), Buffer.alloc(0), Buffer.from([0, 255, 128])]) {
      const digest = store.put(content);

      assert.equal(digest, digestOf(content));
      assert.deepEqual(store.get(digest), content);
      assert.deepEqual(newEffectStore(folder).get(digest), content, 'after a restart');
    }
  });

  it('keeps the same content once, and leaves nothing half-written', () => {
    const store = newEffectStore(folder);
    const digest = store.put(Buffer.from('x'));
    const hex = digest.slice('sha256:'.length);
    const { ino } = statSync(join(folder, hex.slice(0, 2), hex));

    store.put(Buffer.from('x'));

    assert.deepEqual(readdirSync(folder, { recursive: true }).sort(), [hex.slice(0, 2), `${hex.slice(0, 2)}/${hex}`]);
    assert.equal(statSync(join(folder, hex.slice(0, 2), hex)).ino, ino);
  });

  it('throws for what was never put', () => {
    assert.throws(() => newEffectStore(folder).get(digestOf('never')), { code: 'ENOENT' });
  });
});

describe('writing durably', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'write-durably-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('writes a new file', () => {
    writeDurably(join(folder, 'new'), Buffer.from('content'));
    assert.equal(readFileSync(join(folder, 'new'), 'utf8'), 'content');
  });

  it('never writes over a file, nor through a dangling link', () => {
    writeDurably(join(folder, 'old'), Buffer.from('old'));
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'link'));

    for (const name of ['old', 'link'])
      assert.throws(() => writeDurably(join(folder, name), Buffer.from('new')), { code: 'EEXIST' });
    assert.equal(readFileSync(join(folder, 'old'), 'utf8'), 'old');
    assert.deepEqual(readdirSync(folder).sort(), ['link', 'old']);
  });
});
