import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { anchorPath, readAnchor, writeAnchor } from './anchor.ts';
import { type TemporaryLedger, temporaryLedger } from './fixtures/temporary-ledger.ts';

const head = { seq: 17, leaf: Buffer.alloc(32, 0xab) };
let place: TemporaryLedger;

describe('An anchor', () => {
  beforeEach(async () => {
    place = await temporaryLedger();
  });

  afterEach(() => place.remove());

  it('is noted below XDG_STATE_HOME', () => {
    assert.equal(anchorPath('an-id'), join(place.folder, 'state/arbiter/anchors/an-id'));
  });

  it('is noted below the state folder of the user where XDG_STATE_HOME is empty', () => {
    process.env.XDG_STATE_HOME = '';

    assert.match(anchorPath('an-id'), /\/\.local\/state\/arbiter\/anchors\/an-id$/);
  });

  it('is read as it was written', () => {
    assert.equal(writeAnchor('an-id', head), true);

    assert.deepEqual(readAnchor(anchorPath('an-id')), head);
  });

  it('moves with the head', () => {
    writeAnchor('an-id', head);
    writeAnchor('an-id', { ...head, seq: 18 });

    assert.equal(readAnchor(anchorPath('an-id'))?.seq, 18);
  });

  it('is not there before it was written', () => {
    assert.equal(readAnchor(anchorPath('an-id')), null);
  });

  for (const text of [
    '',
    '17',
    '17 abc\n',
    `x ${'ab'.repeat(32)}\n`,
    `17 ${'ab'.repeat(32)}`,
    `-1 ${'ab'.repeat(32)}\n`,
  ])
    it(`is none where its file holds ${JSON.stringify(text)}`, async () => {
      const path = anchorPath('an-id');
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);

      assert.equal(readAnchor(path), null);
    });

  it('says so where it cannot be written, and breaks nothing', async () => {
    await writeFile(join(place.folder, 'state'), 'a file where a folder should be');

    assert.equal(writeAnchor('an-id', head), false);
  });
});
