import assert from 'node:assert/strict';
import { diffOfJson } from './diff-of-json.ts';

describe('The diff of two JSON values', () => {
  it('shows what was wanted, what came instead, and a little around it', () => {
    const wanted = { words: 3, lines: [1, 2, 3, 4, 5, 6, 7, 8], title: 'a' };
    const came = { title: 'b', lines: [1, 2, 3, 4, 5, 6, 7, 8], words: 3 };

    assert.equal(diffOfJson(wanted, came), '     8\n   ],\n-  "title": "a",\n+  "title": "b",\n   "words": 3\n }');
  });

  it('is empty where only the order of keys differs', () => {
    assert.equal(diffOfJson({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }), '');
  });

  it('takes values that are no objects', () => {
    assert.equal(diffOfJson(null, 'a'), '-null\n+"a"');
  });
});
