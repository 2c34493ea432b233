import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type LineStream, openLineStream, type RawLine } from './line-stream.ts';

const chunkBytes = 256 * 1024;

let folder: string;
let file: string;
let open: LineStream[];
let stopping: AbortController;

/** `atEnd` is called whenever the reader has come to the end of the file. */
async function stream(options: { restMs?: number; lineBytes?: number; atEnd?: () => void } = {}): Promise<LineStream> {
  const opened = await openLineStream({
    restMs: options.restMs ?? 0,
    lineBytes: options.lineBytes ?? 1024 * 1024,
    path: () => {
      options.atEnd?.();
      return file;
    },
    name: 'many.jsonl',
    signal: stopping.signal,
  });
  open.push(opened);
  return opened;
}

async function readAll(from: LineStream): Promise<RawLine[]> {
  const all: RawLine[] = [];
  for await (const lines of from.lines()) all.push(...lines);
  return all;
}

async function readFile(content: string | Buffer, options = {}): Promise<RawLine[]> {
  writeFileSync(file, content);
  return readAll(await stream(options));
}

const numbered = (lines: RawLine[]) => lines.map(({ number, bytes }) => [number, bytes?.toString() ?? null]);

describe('a line stream', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'line-stream-'));
    file = join(folder, 'many.jsonl');
    open = [];
    stopping = new AbortController();
  });

  afterEach(async () => {
    stopping.abort();
    for (const one of open) await one.close();
    rmSync(folder, { recursive: true });
  });

  it('gives lines that lie across the borders of chunks', async () => {
    const lines = ['x'.repeat(chunkBytes - 3), 'across', 'y'.repeat(2 * chunkBytes), 'z'];

    const read = await readFile(`${lines.join('\n')}\n`);

    assert.deepEqual(
      numbered(read),
      lines.map((line, index) => [index + 1, line]),
    );
  });

  it('splits at the border itself, before and after the newline', async () => {
    const firstChunkBytes = 8 * 1024;
    for (const length of [firstChunkBytes, chunkBytes, firstChunkBytes + chunkBytes].flatMap((at) => [
      at - 1,
      at,
      at + 1,
    ]))
      assert.deepEqual(numbered(await readFile(`${'x'.repeat(length)}\nb\n`)), [
        [1, 'x'.repeat(length)],
        [2, 'b'],
      ]);
  });

  it('takes a last line without newline', async () => {
    assert.deepEqual(numbered(await readFile('a\nb')), [
      [1, 'a'],
      [2, 'b'],
    ]);
  });

  it('gives nothing for an empty file', async () => {
    assert.deepEqual(await readFile(''), []);
  });

  it('drops the CR of CR LF, and says so', async () => {
    const read = await readFile('a\r\nb\n');

    assert.deepEqual(numbered(read), [
      [1, 'a'],
      [2, 'b'],
    ]);
    assert.deepEqual(
      read.map(({ carriageReturn, start, end }) => ({ carriageReturn, start, end })),
      [
        { carriageReturn: true, start: 0, end: 1 },
        { carriageReturn: false, start: 3, end: 4 },
      ],
    );
  });

  it('drops a byte order mark at the start of the file only, and says so', async () => {
    const read = await readFile('\uFEFFa\n\uFEFFb\n');

    assert.deepEqual(
      read.map(({ byteOrderMark }) => byteOrderMark),
      [true, false],
    );
    assert.deepEqual(numbered(read), [
      [1, 'a'],
      [2, '\uFEFFb'],
    ]);
  });

  it('leaves blank lines out and counts them', async () => {
    assert.deepEqual(numbered(await readFile('\n a\n \t \r\n\nb\n\n')), [
      [2, ' a'],
      [5, 'b'],
    ]);
  });

  it('gives a line as long as the cap, and of a longer one only its place', async () => {
    const read = await readFile(`${'x'.repeat(10)}\n${'y'.repeat(11)}\nz\n`, { lineBytes: 10 });

    assert.deepEqual(
      read.map(({ bytes, start, end }) => [bytes?.length ?? null, start, end]),
      [
        [10, 0, 10],
        [null, 11, 22],
        [1, 23, 24],
      ],
    );
  });

  it('never holds a line of ten megabytes in memory', async () => {
    const long = 10 * 1024 * 1024;
    writeFileSync(file, `a\n${'x'.repeat(long)}\nb\n`);
    const from = await stream({ lineBytes: 64 * 1024 });
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    let watching = true;
    const watch = () => {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      if (watching) setImmediate(watch);
    };
    watch();

    const read = await readAll(from);
    watching = false;

    assert.deepEqual(numbered(read), [
      [1, 'a'],
      [2, null],
      [3, 'b'],
    ]);
    assert.ok(most < long / 2, `${most} bytes were held`);
  });

  it('gives the exact bytes of a stretch, in pieces', async () => {
    const line = `${'ü'.repeat(chunkBytes)}\r`;
    const [, second] = await readFile(`a\n${line}\nb\n`, { lineBytes: 10 });

    const pieces: Buffer[] = [];
    for await (const piece of (open[0] as LineStream).stretch(second?.start ?? 0, second?.end ?? 0)) pieces.push(piece);

    assert.ok(pieces.length > 1);
    assert.equal(Buffer.concat(pieces).toString(), line);
  });

  it('goes on while the file grows, and puts together a line that comes in steps', async () => {
    const steps = ['"b', '":1}\n{"c', '"', ':2}', '\n'];
    writeFileSync(file, '{"a":0}\n{');
    const from = await stream({ restMs: 5, atEnd: () => grow(steps.shift()) });

    const read = await readAll(from);

    assert.deepEqual(numbered(read), [
      [1, '{"a":0}'],
      [2, '{"b":1}'],
      [3, '{"c":2}'],
    ]);
  });

  it('ends no sooner than the file has rested', async () => {
    writeFileSync(file, 'a\n');
    const from = await stream({ restMs: 60 });

    await readAll(from);

    const rested = Date.now() - statSync(file).mtimeMs;
    assert.ok(rested >= 59, `it rested ${rested} ms`);
  });

  it('ends although the file claims to be from the future', async () => {
    writeFileSync(file, 'a\n');
    utimesSync(file, new Date(), new Date(Date.now() + 86_400_000));

    assert.equal((await readAll(await stream({ restMs: 5 }))).length, 1);
  });

  it('goes on where it was when it is asked again after the file has grown', async () => {
    const from = await streamOf('a\n');
    await readAll(from);
    assert.equal(await from.grown(), false);

    appendFileSync(file, 'b\nc\n');

    assert.equal(await from.grown(), true);
    assert.deepEqual(numbered(await readAll(from)), [
      [2, 'b'],
      [3, 'c'],
    ]);
  });

  it('numbers lines as another reading would when the last newline comes late', async () => {
    for (const late of ['\n', '\r\n', ' \n']) {
      const from = await streamOf('a');
      await readAll(from);

      appendFileSync(file, `${late}\nc\n`);

      assert.deepEqual(numbered(await readAll(from)), [[3, 'c']], JSON.stringify(late));
    }
  });

  it('refuses to go on when another file takes the place, or the file is cut short', async () => {
    const expected = {
      code: 'FILE_REPLACED',
      message: 'many.jsonl was replaced or cut short while it was being read, after line 2.',
    };
    const replaced = await streamOf('a\nb\n');
    writeFileSync(`${file}.new`, 'other\n');
    renameSync(`${file}.new`, file);
    await assert.rejects(readAll(replaced), expected);

    const cut = await streamOf('a\nb\n');
    await readAll(cut);
    truncateSync(file, 2);
    await assert.rejects(cut.grown(), expected);
    await assert.rejects(readAll(cut), expected);
  });

  it('stops when it is told to, without the line that is not finished', async () => {
    writeFileSync(file, 'a\nb');
    const from = await stream({ restMs: 60_000 });

    const lines = from.lines();
    const first = await lines.next();
    stopping.abort();

    assert.deepEqual(numbered(first.value ?? []), [[1, 'a']]);
    assert.equal((await lines.next()).done, true);
  });

  it('gives back any list of lines, in whatever pieces they are written', async () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => `.${text.replace(/[\r\n]/g, '')}`);
    const cuts = fc.array(fc.nat(), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 8 }), cuts, async (lines, at) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
        const borders = [0, ...at.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
        const pieces = borders.slice(1).map((end, index) => bytes.subarray(borders[index], end));
        writeFileSync(file, pieces.shift() ?? '');

        const read = await readAll(await stream({ restMs: 2, atEnd: () => grow(pieces.shift()) }));

        assert.deepEqual(
          numbered(read),
          lines.map((text, index) => [index + 1, text]),
        );
      }),
      { numRuns: 40 },
    );
  });
});

async function streamOf(content: string): Promise<LineStream> {
  rmSync(file, { force: true });
  writeFileSync(file, content);
  return stream();
}

let later = 0;

/** Appends, and gives the file a time that it never had and that no delay of this process can make old. */
function grow(piece: string | Buffer | undefined): void {
  if (piece === undefined) return;
  appendFileSync(file, piece);
  later += 1;
  utimesSync(file, new Date(), new Date(Date.now() + 60_000 + later * 1000));
}
