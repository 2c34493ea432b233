import assert from 'node:assert/strict';
import type { NewEntry } from './append.ts';
import { digestOf } from './digest.ts';
import { fillLedger, newEntry, type TemporaryLedger, temporaryLedger } from './fixtures/temporary-ledger.ts';
import { type LedgerReader, openReader } from './reader.ts';
import { openForReading } from './store.ts';

let place: TemporaryLedger;
let reader: LedgerReader | undefined;

/** Fills the ledger with entries of `kinds`, written `<kind> <task>`, and opens it. */
function ledgerOf(...kinds: string[]): LedgerReader {
  const entries = kinds.map((text, index): NewEntry => {
    const [kind, taskKey] = text.split(' ') as [string, string];
    return newEntry(index + 1, { kind, taskKey });
  });
  fillLedger(place.path, entries);
  return (reader = openReader(place.path));
}

function numbers(entries: readonly { seq: number }[]): number[] {
  return entries.map(({ seq }) => seq);
}

describe('The ledger reader', () => {
  beforeEach(async () => {
    place = await temporaryLedger();
  });

  afterEach(async () => {
    reader?.close();
    reader = undefined;
    await place.remove();
  });

  it('gives an entry as it was appended, with the digest of its body', () => {
    const ledger = ledgerOf('task a');

    assert.deepEqual(ledger.entry(1), {
      seq: 1,
      id: 'entry-00001',
      taskKey: 'a',
      kind: 'task',
      bodyHash: digestOf('{"number":1}'),
      body: { number: 1 },
      envelope: { pid: 1001 },
    });
  });

  it('gives nothing for a number that is not there', () => {
    const ledger = ledgerOf('task a');

    assert.equal(ledger.entry(0), undefined);
    assert.equal(ledger.entry(2), undefined);
  });

  it('gives the outcome that a task got from a line', () => {
    const from = (line: number) => JSON.stringify({ source: { claim: 'c', file: 'many.jsonl', line } });
    fillLedger(place.path, [
      newEntry(1, { kind: 'task', taskKey: 'a', env: from(4) }),
      newEntry(2, { kind: 'task', taskKey: 'a', env: from(5) }),
      newEntry(3, { kind: 'prepared', taskKey: 'a', env: from(6) }),
    ]);
    reader = openReader(place.path);

    assert.equal(reader.outcomeOfLine('a', 'c', 4)?.seq, 1);
    assert.equal(reader.outcomeOfLine('a', 'c', 5)?.seq, 2);
    assert.equal(reader.outcomeOfLine('a', 'c', 6), undefined);
    assert.equal(reader.outcomeOfLine('a', 'other', 4), undefined);
    assert.equal(reader.outcomeOfLine('b', 'c', 4), undefined);
  });

  it('gives the newest outcome of a task', () => {
    const ledger = ledgerOf('task a', 'task b', 'task a', 'prepared a');

    assert.equal(ledger.outcomeOf('a')?.seq, 3);
  });

  it('gives no outcome for a task that has none yet', () => {
    const ledger = ledgerOf('prepared a', 'aborted a', 'kernel kernel');

    assert.equal(ledger.outcomeOf('a'), undefined);
    assert.equal(ledger.outcomeOf('b'), undefined);
  });

  it('gives every entry of a task, oldest first', () => {
    const ledger = ledgerOf('prepared a', 'task b', 'aborted a', 'prepared a', 'task a');

    assert.deepEqual(numbers(ledger.entriesOf('a')), [1, 3, 4, 5]);
    assert.deepEqual(ledger.entriesOf('c'), []);
  });

  const unfinished: [string, string[], number[]][] = [
    ['a prepared entry that nothing follows', ['prepared a'], [1]],
    ['none that an outcome follows', ['prepared a', 'task a'], []],
    ['none that an abort follows', ['prepared a', 'aborted a'], []],
    ['one that came after the outcome', ['prepared a', 'task a', 'prepared a'], [3]],
    ['one that came after an abort', ['prepared a', 'aborted a', 'prepared a'], [3]],
    ['one that only other tasks follow', ['prepared a', 'task b', 'kernel a', 'prepared b'], [1, 4]],
    ['several, oldest first', ['prepared b', 'prepared a', 'prepared c', 'task c'], [1, 2]],
  ];
  for (const [what, kinds, expected] of unfinished)
    it(`finds unfinished ${what}`, () => {
      const ledger = ledgerOf(...kinds);

      assert.deepEqual(numbers(ledger.unfinished()), expected);
    });

  it('gives the latest entries, newest first, of every kind', () => {
    const ledger = ledgerOf('task a', 'kernel kernel', 'task b', 'prepared c');

    assert.deepEqual(numbers(ledger.latest(3)), [4, 3, 2]);
    assert.deepEqual(numbers(ledger.latest(10)), [4, 3, 2, 1]);
  });

  it('gives the latest entries of one kind', () => {
    const ledger = ledgerOf('task a', 'kernel kernel', 'task b', 'prepared c');

    assert.deepEqual(numbers(ledger.latest(10, 'task')), [3, 1]);
    assert.deepEqual(numbers(ledger.latest(1, 'task')), [3]);
    assert.deepEqual(ledger.latest(10, 'aborted'), []);
  });

  it('gives what comes after a number, oldest first, page by page', () => {
    const ledger = ledgerOf('task a', 'task b', 'task c', 'task d');

    assert.deepEqual(numbers(ledger.after(0, 2)), [1, 2]);
    assert.deepEqual(numbers(ledger.after(2, 2)), [3, 4]);
    assert.deepEqual(ledger.after(4, 2), []);
  });

  it('sees what is appended while it is open', () => {
    const ledger = ledgerOf('task a');

    fillLedger(place.path, [newEntry(2)]);

    assert.deepEqual(numbers(ledger.latest(1)), [2]);
  });

  it('says that a ledger is not there', () => {
    assert.throws(() => openReader(place.path), {
      code: 'LEDGER_UNUSABLE',
      message: `The ledger ${place.path} cannot be used: there is no such file.`,
    });
  });

  it('cannot write', () => {
    fillLedger(place.path, [newEntry(1)]);
    const store = openForReading(place.path);

    assert.throws(() => store.exec(`INSERT INTO meta VALUES ('a', 'b')`), /readonly/);
    store.close();
  });
});
