import assert from 'node:assert/strict';
import { basename } from 'node:path';
import fc from 'fast-check';
import { homeAt } from '../home.ts';
import { newClaim, pathsOf, recoverClaim } from './claim.ts';

const home = homeAt('/somewhere');

describe('a claim', () => {
  it('holds the moment it was made', () => {
    const before = Date.now();
    const { claimedAt, recovered } = newClaim('many.jsonl');
    const after = Date.now();

    assert.ok(Date.parse(claimedAt) >= before && Date.parse(claimedAt) <= after);
    assert.equal(recovered, false);
  });

  it('comes back from the name of its file, whatever that file is called', () => {
    const name = fc.string({ unit: 'binary', maxLength: 60 }).filter((text) => text !== '' && !text.includes('/'));
    fc.assert(
      fc.property(name, (stem) => {
        const claim = newClaim(`${stem}.jsonl`);

        const recovered = recoverClaim(`${claim.id}.${claim.file}`);

        assert.deepEqual(recovered, { ...claim, recovered: true });
      }),
      { examples: [['two\nlines'], ['.many'], ['many.jsonl']] },
    );
  });

  it('has a moment that stands in its id', () => {
    const claim = recoverClaim('0190a5f0-1234-7abc-8abc-0123456789ab.many.jsonl');

    assert.equal(claim?.claimedAt, new Date(0x0190a5f01234).toISOString());
    assert.equal(claim?.file, 'many.jsonl');
  });

  it('takes the part of an earlier claim off the name, so that a failed file may come back', () => {
    const first = newClaim('many.jsonl');
    const second = newClaim(`${first.id}.many.jsonl`);

    assert.equal(second.file, 'many.jsonl');
    assert.notEqual(second.id, first.id);
  });

  it('is not seen in names that no claim gave', () => {
    for (const name of ['many.jsonl', '0190a5f0-1234-7abc-8abc-0123456789ab.results', '0190a5f0.many.jsonl'])
      assert.equal(recoverClaim(name), null, name);
    assert.equal(recoverClaim('0190a5f0-1234-4abc-8abc-0123456789ab.many.jsonl'), null, 'a UUIDv4');
  });

  it('shortens a name that would be too long with all that is added to it', () => {
    for (const letter of ['x', 'ü', '🌲']) {
      const claim = newClaim(`${letter.repeat(Math.floor(249 / Buffer.byteLength(letter)))}.jsonl`);
      const { partial, ...paths } = pathsOf(home, claim);

      for (const path of [...Object.values(paths), ...Object.values(partial)])
        assert.ok(Buffer.byteLength(basename(path)) <= 255, basename(path));
      assert.match(claim.file, /~\.jsonl$/);
      assert.deepEqual(recoverClaim(basename(paths.processing)), { ...claim, recovered: true });
    }
  });

  it('says where its files are', () => {
    const { id } = newClaim('many.jsonl');
    const paths = pathsOf(home, { id, file: 'many.jsonl' });

    assert.equal(paths.processing, `/somewhere/processing/${id}.many.jsonl`);
    assert.equal(paths.partial.failed, `/somewhere/processing/${id}.failed`);
    assert.equal(paths.done, `/somewhere/done/${id}.many.jsonl`);
    assert.equal(paths.results, `/somewhere/done/${id}.many.results.jsonl`);
    assert.equal(paths.failed, `/somewhere/failed/${id}.many.jsonl`);
    assert.equal(paths.errors, `/somewhere/failed/${id}.many.errors.jsonl`);
  });
});
