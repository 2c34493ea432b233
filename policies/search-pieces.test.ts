import assert from 'node:assert/strict';
import { pieces, placeOf } from './search-pieces.ts';

const paths = (texts: Parameters<typeof pieces>[0]) =>
  [...pieces(texts)].map(({ path, parts }) => `${path}: ${parts.map((part) => part.path).join(' ')}`);

describe('pieces of texts', () => {
  it('hold small texts together, and every line knows whose it is', () => {
    const [piece, ...others] = [
      ...pieces([
        { path: 'a', text: 'one\ntwo\n' },
        { path: 'b', text: '' },
        { path: 'c', text: 'five' },
      ]),
    ];
    assert.deepEqual(others, []);
    assert.equal(piece?.text, 'one\ntwo\n\n\nfive');
    const places = [1, 2, 3, 4, 5].map((line) => piece && placeOf(piece, line));
    assert.deepEqual(
      places.map((place) => `${place?.path}:${place?.line}`),
      ['a:1', 'a:2', 'a:3', 'b:1', 'c:1'],
    );
  });

  it('keep apart what a rule looks at the name of', () => {
    const texts = ['a.ts', 'web/package.json', 'b.json', '.npmrc'].map((path) => ({ path, text: '{}' }));
    assert.deepEqual(paths([...texts, { path: 'key.json', text: '{"private_key": 1}' }]), [
      'web/package.json: web/package.json',
      '.npmrc: .npmrc',
      'key.json: key.json',
      'texts: a.ts b.json',
    ]);
  });

  it('are several where there are many texts', () => {
    const texts = ['a', 'b', 'c'].map((path) => ({ path, text: 'x'.repeat(20_000) }));
    assert.deepEqual(paths(texts), ['texts: a', 'texts: b', 'texts: c']);
  });

  it('of a large text overlap, and have its lines', () => {
    const text = Array.from({ length: 60_000 }, (_, index) => `line ${index + 1}\n`).join('');
    const found = [...pieces([{ path: 'a', text }])];
    assert.ok(found.length > 1);
    for (const piece of found) {
      const at = piece.text.indexOf('\nline ') + 1;
      const number = /line (\d+)/.exec(piece.text.slice(at))?.[1];
      const line = piece.text.slice(0, at).split('\n').length;
      assert.deepEqual(placeOf(piece, line), { path: 'a', line: Number(number) });
    }
    const [first, second] = found;
    assert.ok(second && first?.text.endsWith(second.text.slice(0, 16 * 1024)));
    assert.ok(text.endsWith(found.at(-1)?.text as string));
  });
});
