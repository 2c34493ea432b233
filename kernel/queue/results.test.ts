import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from '../../contracts/check.ts';
import { fault } from '../../contracts/errors.ts';
import { type Home, homeAt, makeFolders } from '../home.ts';
import type { Settled, TaskLine } from '../journey/journey.ts';
import { type Claim, newClaim, pathsOf } from './claim.ts';
import { appendLateResult, linesWithResult, openResults, type Results } from './results.ts';

let home: Home;
let claim: Claim;
let results: Results;

function line(number: number): TaskLine {
  const source = { claim: claim.id, file: claim.file, line: number, claimedAt: claim.claimedAt };
  return { source, task: { tool: 'git-status' }, id: `${claim.id}:${number}`, digest: 'sha256:00' };
}

const done: Settled = { outcome: 'done', entry: 7, output: { clean: true } };
const failed: Settled = {
  outcome: 'failed',
  entry: 8,
  error: { code: 'TOOL_FAILED', message: 'It failed.', expected: 'A result.', remedy: 'Look.' },
};

function read(path: string): Record<string, unknown>[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((text) => JSON.parse(text));
}

async function* bytes(...pieces: string[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) yield Buffer.from(piece);
}

describe('the results of a file', () => {
  beforeEach(() => {
    home = homeAt(mkdtempSync(join(tmpdir(), 'results-')));
    makeFolders(home);
    claim = newClaim('many.jsonl');
    results = openResults(home, claim, assert.ifError);
  });
  afterEach(() => rmSync(home.path, { recursive: true }));

  it('are moved to done/ and failed/ when the file is finished, and not before', async () => {
    results.settled(line(1), done);
    results.settled(line(2), failed);
    await results.failedLine(bytes('{"tool":', '"git-status"}'));
    const { results: place, failed: lines, errors } = pathsOf(home, claim);
    assert.equal(existsSync(place), false);

    await results.finish();

    assert.deepEqual(read(place), [
      { line: 1, id: `${claim.id}:1`, tool: 'git-status', status: 'done', output: { clean: true }, entry: 7 },
      {
        ...{ line: 2, id: `${claim.id}:2`, tool: 'git-status', status: 'failed' },
        ...{ code: 'TOOL_FAILED', message: 'It failed.', entry: 8 },
      },
    ]);
    assert.equal(readFileSync(lines, 'utf8'), '{"tool":"git-status"}\n');
    assert.deepEqual(read(errors), [
      {
        ...{ file: 'many.jsonl', line: 2, id: `${claim.id}:2`, code: 'TOOL_FAILED' },
        ...{ message: 'It failed.', expected: 'A result.', remedy: 'Look.' },
      },
    ]);
    assert.deepEqual(readdirSync(home.processing), []);
  });

  it('tell whoever opened them when the disk is full', async () => {
    const broken = new Promise<Error>((resolve) => {
      results = openResults(home, claim, resolve);
    });
    symlinkSync('/dev/full', pathsOf(home, claim).partial.results);

    results.settled(line(1), done);

    assert.match((await broken).message, /^ENOSPC/);
    await assert.rejects(results.finish());
    assert.equal(existsSync(pathsOf(home, claim).results), false);
  });

  it('fit their contracts', async () => {
    results.settled(line(1), { ...done, duplicate: true, note: 'On a branch.' });
    results.settled(line(2), { outcome: 'quarantined', entry: 9 });
    results.rejected(3, 'x:3', null, { ...failed, outcome: 'rejected' });
    results.parked({ line: line(4), waitsFor: { kind: 'approval' } });
    results.notice(0, fault('FILE_EMPTY', {}));
    await results.finish();

    const written = read(pathsOf(home, claim).results);
    assert.deepEqual(
      written.map(({ status }) => status),
      ['done', 'quarantined', 'rejected', 'waiting'],
    );
    for (const one of written) assert.deepEqual(check('result.v1', one), { ok: true, value: one });
    for (const one of read(pathsOf(home, claim).errors))
      assert.deepEqual(check('error-line.v1', one), { ok: true, value: one });
  });

  it('are an empty file when there was nothing to say', async () => {
    await results.finish();

    assert.equal(readFileSync(pathsOf(home, claim).results, 'utf8'), '');
    assert.deepEqual(readdirSync(home.failed), []);
  });

  it('go on in place when the file grew after it was finished', async () => {
    results.settled(line(1), done);
    await results.finish();

    results.settled(line(2), failed);
    await results.finish();
    results.settled(line(3), failed);
    await results.finish();

    const numbers = (path: string) => read(path).map((one) => one.line);
    assert.deepEqual(numbers(pathsOf(home, claim).results), [1, 2, 3]);
    assert.deepEqual(numbers(pathsOf(home, claim).errors), [2, 3]);
    assert.deepEqual(readdirSync(home.processing), []);
  });

  it('start afresh after a crash', async () => {
    writeFileSync(pathsOf(home, claim).partial.results, '{"line":1,"half":');

    const again = openResults(home, claim, assert.ifError);
    again.settled(line(1), done);
    await again.finish();

    assert.equal(read(pathsOf(home, claim).results).length, 1);
  });

  it('hold a failed line of any length as it came', async () => {
    const pieces = Array.from({ length: 40 }, (_, index) => String(index % 10).repeat(64 * 1024));

    await results.failedLine(bytes(...pieces));
    await results.finish();

    assert.equal(readFileSync(pathsOf(home, claim).failed, 'utf8'), `${pieces.join('')}\n`);
  });

  it('take the outcome of a line that had waited at their end', async () => {
    results.parked({ line: line(1), waitsFor: { kind: 'approval' } });
    await results.finish();

    await appendLateResult(home, line(1), done);
    const paths = pathsOf(home, claim);
    assert.deepEqual(
      read(paths.results).map(({ status }) => status),
      ['waiting', 'done'],
    );
    assert.equal(existsSync(paths.failed), false);

    await appendLateResult(home, line(2), failed);
    assert.deepEqual(read(paths.failed), [{ tool: 'git-status' }]);
    assert.equal(read(paths.errors)[0]?.code, 'TOOL_FAILED');

    await appendLateResult(home, line(3), failed);
    assert.equal(read(paths.failed).length, 2, 'another line of the same text');
  });

  it('tell after a crash which lines have their result, and lose what was half-written', async () => {
    results.parked({ line: line(1), waitsFor: { kind: 'approval' } });
    results.parked({ line: line(2), waitsFor: { kind: 'approval' } });
    await results.finish();
    await appendLateResult(home, line(2), failed);
    const paths = pathsOf(home, claim);
    writeFileSync(paths.results, '{"line":1,"status":"do', { flag: 'a' });

    assert.deepEqual([...linesWithResult(home, claim)], [2]);

    assert.equal(read(paths.results).length, 3);
    assert.deepEqual([...linesWithResult(home, { ...claim, file: 'never.jsonl' })], []);
  });

  it('do not repeat a failure whose result a crash prevented', async () => {
    await appendLateResult(home, line(1), failed);
    await appendLateResult(home, line(1), failed);

    const paths = pathsOf(home, claim);
    assert.equal(read(paths.failed).length, 1);
    assert.equal(read(paths.errors).length, 1);
  });
});
