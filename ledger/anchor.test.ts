import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { anchorPath, readNote, writeNote } from './anchor.ts';
import { type TemporaryLedger, temporaryLedger } from './fixtures/temporary-ledger.ts';

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

  it('is read as it was written last', () => {
    assert.equal(writeNote(anchorPath('an-id'), 'one\n'), true);
    assert.equal(writeNote(anchorPath('an-id'), 'two\n'), true);

    assert.equal(readNote(anchorPath('an-id')), 'two\n');
  });

  it('is none before it was written, and where its file is empty', () => {
    assert.equal(readNote(anchorPath('an-id')), null);

    mkdirSync(join(anchorPath('an-id'), '..'), { recursive: true });
    writeFileSync(anchorPath('an-id'), '');
    assert.equal(readNote(anchorPath('an-id')), null);
  });

  it('says so where it cannot be written, and breaks nothing', () => {
    writeFileSync(join(place.folder, 'state'), 'a file where a folder should be');

    assert.equal(writeNote(anchorPath('an-id'), 'note\n'), false);
  });
});
