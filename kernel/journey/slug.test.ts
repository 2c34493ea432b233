import assert from 'node:assert/strict';
import fc from 'fast-check';
import { slugOf } from './slug.ts';

describe('a slug', () => {
  it('is the id itself where that can be part of a name', () => {
    for (const id of ['release-notes', 'A_1', '0190a5f0-1234-7abc-8abc-0123456789ab']) assert.equal(slugOf(id), id);
  });

  it('is the id without what a name cannot hold, and a digest', () => {
    assert.equal(slugOf('shop/notes:1'), 'shop-notes-1-4819944e');
    assert.equal(slugOf('v1.2'), 'v1-2-0e4f5bce');
  });

  it('differs where ids differ, even where an id looks like the slug of another one', () => {
    assert.notEqual(slugOf('a/b'), slugOf('a:b'));
    assert.notEqual(slugOf(slugOf('a/b')), slugOf('a/b'));
  });

  it('is fit for the name of a file and of a branch', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/), (id) => {
        assert.match(slugOf(id), /^[A-Za-z0-9][A-Za-z0-9_-]*$/);
        assert.ok(slugOf(id).length <= 137);
      }),
    );
  });
});
