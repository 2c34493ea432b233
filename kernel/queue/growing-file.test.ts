// Line streams over files that somebody goes on writing.
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

let folder: string;
let file: string;
let open: LineStream[];
let stopping: AbortController;

/** `atEnd` is called whenever the reader has come to the end of the file. */
async function stream(options: { restMs?: number; atEnd?: () => void } = {}): Promise<LineStream> {
  const opened = await openLineStream({
    restMs: options.restMs ?? 0,
    lineBytes: 1024 * 1024,
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

const numbered = (lines: RawLine[]) => lines.map(({ number, bytes }) => [number, bytes?.toString() ?? null]);

describe('a file that changes while it is read', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'growing-file-'));
    file = join(folder, 'many.jsonl');
    open = [];
    stopping = new AbortController();
  });

  afterEach(async () => {
    stopping.abort();
    for (const one of open) await one.close();
    rmSync(folder, { recursive: true });
  });

  it('is read on while it grows; a line that comes in steps is put together', async () => {
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

  it('ends no sooner than it has rested', async () => {
    writeFileSync(file, 'a\n');
    const from = await stream({ restMs: 60 });

    await readAll(from);

    const rested = Date.now() - statSync(file).mtimeMs;
    assert.ok(rested >= 59, `it rested ${rested} ms`);
  });

  it('ends although it claims to be from the future', async () => {
    writeFileSync(file, 'a\n');
    utimesSync(file, new Date(), new Date(Date.now() + 86_400_000));

    assert.equal((await readAll(await stream({ restMs: 5 }))).length, 1);
  });

  it('is read on from where it was when it is asked for again', async () => {
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

  it('has the line numbers that another reading would give when the last newline comes late', async () => {
    for (const late of ['\n', '\r\n', ' \n']) {
      const from = await streamOf('a');
      await readAll(from);

      appendFileSync(file, `${late}\nc\n`);

      assert.deepEqual(numbered(await readAll(from)), [[3, 'c']], JSON.stringify(late));
    }
  });

  it('is refused when another one takes its place, or when it is cut short', async () => {
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

  it('is left when everything stops, without the line that is not finished', async () => {
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
