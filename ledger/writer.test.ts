import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { anchorPath, readNote } from './anchor.ts';
import { sidecarPath } from './beside.ts';
import { ledgerId, newEntry, type TemporaryLedger, temporaryLedger, verdictOf } from './fixtures/temporary-ledger.ts';
import { openReader } from './reader.ts';
import { readCheckpoint } from './verify-note.ts';
import { type LedgerWriter, openLedger } from './writer.ts';

let place: TemporaryLedger;

describe('A ledger writer', () => {
  const opened: LedgerWriter[] = [];

  beforeEach(async () => {
    place = await temporaryLedger();
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((ledger) => ledger.close()));
    await place.remove();
  });

  async function open(): Promise<LedgerWriter> {
    const ledger = await openLedger(place.path);
    opened.push(ledger);
    return ledger;
  }

  /** Does something to the ledger's file behind the writer's back. */
  function meddle(statement: string): void {
    const file = new Database(place.path);
    file.exec(statement);
    file.close();
  }

  const breakInserts = `CREATE TRIGGER broken BEFORE INSERT ON entry BEGIN SELECT raise(ABORT, 'the disk is on strike'); END`;

  /** How many transactions stand in a WAL: the last frame of each says how large the file became. */
  function commitsIn(wal: Buffer): number {
    const frameBytes = 24 + wal.readUInt32BE(8);
    let commits = 0;
    for (let frame = 32; frame + frameBytes <= wal.length; frame += frameBytes)
      if (wal.readUInt32BE(frame + 4) > 0) commits += 1;
    return commits;
  }

  describe('that writes', () => {
    it('gives 2,000 entries at once distinct ascending numbers, in groups, and they verify', async () => {
      const ledger = await open();

      const numbers = await Promise.all(Array.from({ length: 2000 }, (_, index) => ledger.append(newEntry(index))));

      const wal = readFileSync(`${place.path}-wal`);
      await ledger.close();
      assert.deepEqual(
        numbers,
        Array.from({ length: 2000 }, (_, index) => index + 1),
      );
      assert.equal(verdictOf(place.path).code, 0);
      assert.ok(commitsIn(wal) < 20, `${commitsIn(wal)} transactions`);
    });

    it('acknowledges an entry only when a reader beside it finds it', async () => {
      const ledger = await open();
      const reader = openReader(place.path);

      const seq = await ledger.append(newEntry(1));

      assert.equal(reader.entry(seq)?.id, 'entry-00001');
      reader.close();
      await ledger.close();
    });

    it('goes on with the next number after closing and opening again', async () => {
      const first = await open();
      await first.append(newEntry(1));
      await first.close();

      const second = await open();
      const seq = await second.append(newEntry(2));
      await second.close();

      assert.equal(seq, 2);
      assert.equal(verdictOf(place.path).code, 0);
    });

    it('gives an id that comes again its old number, and goes on', async () => {
      const ledger = await open();
      await Promise.all([ledger.append(newEntry(1)), ledger.append(newEntry(2))]);

      const again = await ledger.append(newEntry(1));
      const next = await ledger.append(newEntry(3));

      await ledger.close();
      assert.deepEqual([again, next], [1, 3]);
      assert.equal(verdictOf(place.path).code, 0);
    });

    it('lets in one writer at a time, and the next once that one has closed', async () => {
      const first = await open();

      await assert.rejects(openLedger(place.path), {
        code: 'HOME_BUSY',
        message: `Another process holds the ledger of ${join(place.folder, 'home')}.`,
      });

      await first.close();
      const second = await open();
      await second.close();
    });

    it('keeps what was appended just before it was closed', async () => {
      const ledger = await open();

      const numbers = Promise.all([1, 2, 3].map((number) => ledger.append(newEntry(number))));
      await ledger.close();

      assert.deepEqual(await numbers, [1, 2, 3]);
    });

    it('refuses to append once it is closing', async () => {
      const ledger = await open();

      const closing = ledger.close();
      const late = ledger.append(newEntry(1));

      await assert.rejects(late, {
        code: 'LEDGER_UNUSABLE',
        message: `The ledger ${place.path} cannot be used: it was closed.`,
      });
      await closing;
      await assert.rejects(ledger.append(newEntry(2)), { code: 'LEDGER_UNUSABLE' });
    });

    it('can be closed twice', async () => {
      const ledger = await open();

      await Promise.all([ledger.close(), ledger.close()]);
      await ledger.close();
    });

    it('publishes a checkpoint beside the ledger and outside the home when it closes', async () => {
      const ledger = await open();
      await ledger.append(newEntry(1));
      await ledger.append(newEntry(2));
      await ledger.close();

      const id = ledgerId(place.path);
      const { root } = verdictOf(place.path);
      for (const path of [sidecarPath(place.path), anchorPath(id)]) {
        const checkpoint = readCheckpoint(readNote(path) ?? '');
        assert.deepEqual(checkpoint, { origin: `arbiter.ledger/${id}`, size: 2, root: Buffer.from(root, 'base64') });
      }
    });
  });

  describe('that cannot write', () => {
    it('rejects what waits, and everything after that', async () => {
      const ledger = await open();
      await ledger.append(newEntry(1));
      meddle(breakInserts);

      const waiting = await Promise.allSettled([ledger.append(newEntry(2)), ledger.append(newEntry(3))]);
      const after = ledger.append(newEntry(4));

      const unusable = `The ledger ${place.path} cannot be used: there is a trigger broken that does not belong there.`;
      for (const outcome of waiting)
        assert.equal(outcome.status === 'rejected' ? outcome.reason.message : 'was kept', unusable);
      await assert.rejects(after, { code: 'LEDGER_UNUSABLE', message: unusable });
      await ledger.close();
    });

    it('ends when it fails while it is closing', async () => {
      const ledger = await open();
      meddle(breakInserts);

      const waiting = ledger.append(newEntry(1));
      const closing = ledger.close();

      await assert.rejects(waiting, { code: 'LEDGER_UNUSABLE' });
      await closing;
    });

    it('lets go of the lock, so that the next one goes on', async () => {
      const broken = await open();
      meddle(breakInserts);
      await assert.rejects(broken.append(newEntry(1)));
      await broken.close();
      meddle('DROP TRIGGER broken');

      const ledger = await open();
      const seq = await ledger.append(newEntry(1));
      await ledger.close();

      assert.equal(seq, 1);
    });

    it('does not put back what is gone', async () => {
      const ledger = await open();
      await ledger.append(newEntry(1));
      meddle('DROP TABLE payload');

      await assert.rejects(ledger.append(newEntry(2)), {
        message: `The ledger ${place.path} cannot be used: its table payload is missing.`,
      });

      await ledger.close();
    });

    it('does not open what is no ledger', async () => {
      const closed = await open();
      await closed.close();
      writeFileSync(place.path, 'This is no database, and it is longer than the header of one would be. '.repeat(20));

      await assert.rejects(openLedger(place.path), {
        code: 'LEDGER_UNUSABLE',
        message: `The ledger ${place.path} cannot be used: file is not a database.`,
      });
      assert.ok(existsSync(place.path));
    });
  });
});
