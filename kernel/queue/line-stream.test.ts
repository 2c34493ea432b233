// What lines a file has. Files that change while they are read are in growing-file.test.ts.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LineStream, openLineStream, type RawLine } from './line-stream.ts';

const chunkBytes = 256 * 1024;

let folder: string;
let file: string;
let open: LineStream[];

async function stream(lineBytes = 1024 * 1024): Promise<LineStream> {
  const options = { restMs: 0, lineBytes, path: () => file, name: 'many.jsonl', signal: new AbortController().signal };
  const opened = await openLineStream(options);
  open.push(opened);
  return opened;
}

async function readAll(from: LineStream): Promise<RawLine[]> {
  const all: RawLine[] = [];
  for await (const lines of from.lines()) all.push(...lines);
  return all;
}

async function readFile(content: string, lineBytes?: number): Promise<RawLine[]> {
  writeFileSync(file, content);
  return readAll(await stream(lineBytes));
}

const numbered = (lines: RawLine[]) => lines.map(({ number, bytes }) => [number, bytes?.toString() ?? null]);

describe('a line stream', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'line-stream-'));
    file = join(folder, 'many.jsonl');
    open = [];
  });

  afterEach(async () => {
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
    const read = await readFile(`${'x'.repeat(10)}\n${'y'.repeat(11)}\nz\n`, 10);

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
    const from = await stream(64 * 1024);
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
    const [, second] = await readFile(`a\n${line}\nb\n`, 10);

    const pieces: Buffer[] = [];
    for await (const piece of (open[0] as LineStream).stretch(second?.start ?? 0, second?.end ?? 0)) pieces.push(piece);

    assert.ok(pieces.length > 1);
    assert.equal(Buffer.concat(pieces).toString(), line);
  });
});
