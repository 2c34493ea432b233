import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LedgerReader } from '../../ledger/reader.ts';
import type { Audit } from '../audit/audit.ts';
import { type Home, homeAt, makeFolders } from '../home.ts';
import type { Settled, TaskLine } from '../journey/journey.ts';
import { type Claim, pathsOf } from './claim.ts';
import { type FileRun, runFile } from './file-run.ts';
import type { Schedule } from './schedule.ts';
import type { Parked, WaitingRoom } from './waiting.ts';
import { newWindow } from './window.ts';

const claim: Claim = {
  id: '0190a5f0-0000-7000-8000-000000000000',
  file: 'many.jsonl',
  claimedAt: '2026-01-01T00:00:00.000Z',
  recovered: true,
};
const done: Settled = { outcome: 'done', entry: 7 };
const lineAt = (number: number): TaskLine => ({
  source: { claim: claim.id, file: claim.file, line: number, claimedAt: claim.claimedAt },
  task: { tool: 'x' },
  id: `${claim.id}:${number}`,
  digest: 'sha256:00',
});

let home: Home;

/** Reads a claimed file of two lines again, both of which have their outcome in the ledger. */
function readAgain(waiting: Partial<WaitingRoom> = {}): FileRun {
  writeFileSync(pathsOf(home, claim).processing, '{"tool":"x"}\n{"tool":"x"}\n');
  const outcomeOf = (id: string) => {
    const source = { claim: claim.id, file: claim.file, line: Number(id.split(':')[1]) };
    return { seq: 7, body: { outcome: 'done' }, envelope: { source } };
  };
  return runFile(claim, {
    home,
    audit: {} as Audit,
    ledger: { outcomeOf, outcomeOfLine: outcomeOf } as unknown as LedgerReader,
    pastOutcome: () => done,
    waiting: {
      get: () => undefined,
      from: () => undefined,
      forget: () => undefined,
      ...waiting,
    } as unknown as WaitingRoom,
    schedule: { parkBlocked: () => undefined } as unknown as Schedule,
    restMs: 10,
    lineBytes: 1024,
    window: newWindow(10),
    signal: new AbortController().signal,
    onRejected: () => undefined,
  });
}

function lines(): number[] {
  const text = readFileSync(pathsOf(home, claim).results, 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).line);
}

describe('a file that is read again after a restart', () => {
  beforeEach(() => {
    home = homeAt(mkdtempSync(join(tmpdir(), 'file-run-')));
    makeFolders(home);
  });
  afterEach(() => rmSync(home.path, { recursive: true }));

  it('tells a line once that ended before it was reached', async () => {
    const run = readAgain();
    const told = run.settled(lineAt(2), done);
    assert.equal(await run.ended, 'finished');
    await told;
    assert.deepEqual(lines(), [1, 2]);
  });

  it('tells a line once whose outcome is found before whoever ran it tells', async () => {
    const run = readAgain({ get: (id) => (id.endsWith(':2') ? ({ line: lineAt(2) } as Parked) : undefined) });
    assert.equal(await run.ended, 'finished');
    await run.settled(lineAt(2), done);
    assert.deepEqual(lines(), [1, 2]);
  });
});
