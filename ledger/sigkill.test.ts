import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { newEntry, type TemporaryLedger, temporaryLedger, verdictOf } from './fixtures/temporary-ledger.ts';
import { openReader } from './reader.ts';
import { openLedger } from './writer.ts';

const program = fileURLToPath(new URL('./fixtures/append-until-killed.ts', import.meta.url));
let place: TemporaryLedger;
let child: ChildProcess | undefined;

/** Runs the program until it has acknowledged `many` entries, kills it, and gives every acknowledgement that it printed. */
async function appendAndKill(many: number): Promise<[number, string][]> {
  const started = spawn(process.execPath, [program, place.path], { stdio: ['ignore', 'pipe', 'inherit'] });
  child = started;
  const exited = once(started, 'exit');
  const acknowledged: [number, string][] = [];
  for await (const line of createInterface(started.stdout)) {
    const [, seq, id] = /^(\d+) ([0-9a-f-]{36})$/.exec(line) ?? [];
    if (seq && id) acknowledged.push([Number(seq), id]);
    if (acknowledged.length === many) started.kill('SIGKILL');
  }
  assert.deepEqual(await exited, [null, 'SIGKILL']);
  return acknowledged;
}

describe('A process that is killed while it appends', () => {
  before(async () => {
    place = await temporaryLedger();
    // So that there is an anchor from the beginning.
    const ledger = await openLedger(place.path);
    await ledger.append(newEntry(0));
    await ledger.close();
  });

  afterEach(() => child?.kill('SIGKILL'));

  after(() => place.remove());

  for (const [time, many] of [1, 7, 16, 17, 40, 99, 150, 333, 500, 777].entries())
    it(`loses nothing that it acknowledged, time ${time + 1}, after ${many} entries`, async () => {
      const acknowledged = await appendAndKill(many);

      const reader = openReader(place.path);
      for (const [seq, id] of acknowledged) assert.equal(reader.entry(seq)?.id, id);
      reader.close();
      assert.ok(acknowledged.length >= many);
      const { code, findings } = verdictOf(place.path);
      assert.deepEqual({ code, findings }, { code: 0, findings: [] });
    });
});
