import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FrameError, nestsTooDeep, newFrameReader } from './frames.ts';

function read(chunks: (Buffer | string)[], lineBytes = 1024): unknown[] {
  const frames: unknown[] = [];
  const take = newFrameReader(lineBytes, (frame) => frames.push(frame));
  for (const chunk of chunks) take(Buffer.from(chunk as string));
  return frames;
}

function refuses(line: Buffer | string, reason: FrameError['reason'], message: string): void {
  assert.throws(() => read([line, '\n']), { name: 'FrameError', reason, message });
}

const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

describe('frames', () => {
  it('are whole lines, whichever chunks they come in', () => {
    assert.deepEqual(read(['{"a":', '1}\n{"b":2}\n', '{"c"', ':3}']), [{ a: 1 }, { b: 2 }]);
  });

  it('come back from any chunking', () => {
    // A key __proto__ is refused, which is another test.
    const value = fc.jsonValue({ maxDepth: 4 }).filter((json) => !JSON.stringify(json).includes('__proto__'));
    const frames = fc.array(value, { maxLength: 6 });
    fc.assert(
      fc.property(frames, fc.array(fc.nat(), { maxLength: 8 }), (values, cuts) => {
        const bytes = Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
        const borders = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
        const chunks = borders.slice(1).map((end, index) => bytes.subarray(borders[index], end));

        assert.deepEqual(read(chunks, 100_000), JSON.parse(JSON.stringify(values)));
      }),
    );
  });

  it('may be separated by empty lines', () => {
    assert.deepEqual(read(['\n\n1\n\n2\n']), [1, 2]);
  });

  it('come with the beginning of their line, for messages', () => {
    const excerpts: string[] = [];
    const line = JSON.stringify('x'.repeat(500));
    newFrameReader(1024, (_, excerpt) => excerpts.push(excerpt))(Buffer.from(`${line}\n`));

    assert.deepEqual(excerpts, [line.slice(0, 120)]);
  });

  it('may be as long as the cap, and not a byte longer, whether or not the line has ended', () => {
    const exact = `"${'x'.repeat(1022)}"`;
    assert.equal(read([exact, '\n']).length, 1);

    const expected = { reason: 'too long', message: 'more than 1024 bytes in one line' };
    assert.throws(() => read([`${exact} \n`]), expected);
    assert.throws(() => read([exact, ' ']), expected);
  });

  it('have to be JSON in valid UTF-8', () => {
    refuses(Buffer.from([0x22, 0xc3, 0x28, 0x22]), 'malformed', 'the line is not valid UTF-8');
    refuses('Hello', 'malformed', `the line is not JSON: Unexpected token 'H', "Hello" is not valid JSON`);
  });

  it('nest at most sixty-four levels', () => {
    assert.equal(read([nested(64), '\n']).length, 1);
    refuses(nested(65), 'malformed', 'the line nests deeper than 64 levels');
  });

  it('have no key __proto__, however it is spelt, but may have it as a value', () => {
    const message = 'the line has a key named __proto__';
    refuses('{"result":{"__proto__":{}}}', 'malformed', message);
    refuses(String.raw`[{"__prot\u006f__":1}]`, 'malformed', message);

    assert.deepEqual(read(['{"files":["__proto__"]}\n']), [{ files: ['__proto__'] }]);
  });

  it('show what came when they are refused, printable', () => {
    const error = (() => {
      try {
        read(['\u0007bell\n']);
      } catch (thrown) {
        return thrown;
      }
    })();
    assert.ok(error instanceof FrameError);
    assert.equal(error.excerpt, String.raw`"\u0007bell"`);
  });
});

describe('counting brackets', () => {
  it('leaves out those in strings', () => {
    assert.equal(nestsTooDeep(`"${'['.repeat(100)}"`, 10), false);
    assert.equal(nestsTooDeep(String.raw`"\"[[[[[[[[[[[[`, 10), false);
    assert.equal(nestsTooDeep(`"\\\\"${'['.repeat(11)}`, 10), true);
  });

  it('counts depth, not brackets', () => {
    assert.equal(nestsTooDeep('[],'.repeat(100), 10), false);
    assert.equal(nestsTooDeep('{"a":['.repeat(6), 10), true);
  });

  it('never lets through what JSON.parse would nest deeper', () => {
    const depth = (value: unknown): number =>
      typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depth)) : 0;
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), fc.integer({ min: 1, max: 6 }), (value, limit) => {
        const text = JSON.stringify(value);
        // A short text cannot nest deep enough, and is not counted.
        assert.equal(nestsTooDeep(text, limit), text.length > limit && depth(value) > limit);
      }),
    );
  });
});
