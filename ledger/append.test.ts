import assert from 'node:assert/strict';
import { type Appender, newAppender } from './append.ts';
import { leafHash, noLeaf, sha256 } from './chain.ts';
import { newEntry, type TemporaryLedger, temporaryLedger } from './fixtures/temporary-ledger.ts';
import { openForWriting, type Store } from './store.ts';

let place: TemporaryLedger;
let store: Store;
let appender: Appender;

function open(): void {
  store = openForWriting(place.path);
  appender = newAppender(store);
}

function reopen(): void {
  store.close();
  open();
}

describe('The ledger file', () => {
  beforeEach(async () => {
    place = await temporaryLedger();
    open();
  });

  afterEach(async () => {
    store.close();
    await place.remove();
  });

  describe('append', () => {
    it('numbers entries from 1, without gaps, over groups', () => {
      const first = appender.append([newEntry(1), newEntry(2)]);
      const second = appender.append([newEntry(3)]);

      assert.deepEqual([...first, ...second], [1, 2, 3]);
    });

    it('goes on where the ledger ended when it was closed', () => {
      appender.append([newEntry(1), newEntry(2)]);
      const { head } = appender;

      reopen();

      assert.deepEqual(appender.head, head);
      assert.deepEqual(appender.append([newEntry(3)]), [3]);
    });

    it('starts an empty ledger at number 0 with 32 zero bytes', () => {
      assert.deepEqual(appender.head, { seq: 0, leaf: Buffer.alloc(32) });
    });

    it('chains each leaf to the one before it', () => {
      const entries = [newEntry(1), newEntry(2, { kind: 'kernel' }), newEntry(3, { body: '{"ü":"€"}' })];

      appender.append(entries);

      let previous = noLeaf;
      const rows = store.prepare('SELECT seq, leaf_hash FROM entry ORDER BY seq').all() as {
        seq: number;
        leaf_hash: Buffer;
      }[];
      for (const [index, { id, taskKey, kind, body, env }] of entries.entries()) {
        const hashes = { bodyHash: sha256(body), envHash: sha256(env), previous };
        previous = leafHash({ seq: index + 1, id, taskKey, kind, ...hashes });
        assert.deepEqual(rows[index], { seq: index + 1, leaf_hash: previous });
      }
      assert.deepEqual(appender.head, { seq: 3, leaf: previous });
    });

    it('hashes a leaf as its lines say', () => {
      const text = `\0ledger-entry/v1\n1\nan-id\na-task\ntask\n${'aa'.repeat(32)}\n${'bb'.repeat(32)}\n${'00'.repeat(32)}\n`;
      const leaf = { seq: 1, id: 'an-id', taskKey: 'a-task', kind: 'task', previous: noLeaf };

      const hash = leafHash({ ...leaf, bodyHash: Buffer.alloc(32, 0xaa), envHash: Buffer.alloc(32, 0xbb) });

      assert.deepEqual(hash, sha256(text));
    });

    it('gives an id that is there already its old number after reopening, and writes nothing', () => {
      appender.append([newEntry(1), newEntry(2)]);
      reopen();

      const numbers = appender.append([newEntry(2), newEntry(3)]);

      assert.deepEqual(numbers, [2, 3]);
      assert.equal(store.prepare('SELECT count(*) FROM entry').pluck().get(), 3);
    });

    it('keeps nothing of a group that fails', () => {
      appender.append([newEntry(1)]);
      const { head } = appender;

      assert.throws(() => appender.append([newEntry(2), newEntry(3), newEntry(2)]), /append-only/);

      assert.deepEqual(appender.head, head);
      assert.equal(store.prepare('SELECT count(*) FROM entry').pluck().get(), 1);
      assert.deepEqual(appender.append([newEntry(2)]), [2]);
    });
  });

  describe('The store', () => {
    it('syncs every commit to the disk', () => {
      const full = 2;

      assert.equal(store.pragma('synchronous', { simple: true }), full);
      assert.equal(store.pragma('journal_mode', { simple: true }), 'wal');
    });

    it('keeps the id that the ledger got first', () => {
      const id = () => store.prepare(`SELECT value FROM meta WHERE key = 'id'`).pluck().get();
      const first = id();

      reopen();

      assert.match(String(first), /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
      assert.equal(id(), first);
    });

    const entryValues = `'entry-9', 'task-9', 'task', x'00', x'00', x'00'`;
    const refused: [string, string][] = [
      ['UPDATE of an entry', `UPDATE entry SET kind = 'kernel' WHERE seq = 2`],
      ['UPDATE OR REPLACE of an entry', `UPDATE OR REPLACE entry SET seq = 1 WHERE seq = 2`],
      ['DELETE of an entry', 'DELETE FROM entry WHERE seq = 2'],
      ['INSERT OR REPLACE of a number', `INSERT OR REPLACE INTO entry VALUES (2, ${entryValues})`],
      [
        'INSERT OR REPLACE of an id',
        `INSERT OR REPLACE INTO entry VALUES (4, 'entry-00002', 'task-9', 'task', x'00', x'00', x'00')`,
      ],
      ['INSERT OR IGNORE of a number', `INSERT OR IGNORE INTO entry VALUES (2, ${entryValues})`],
      ['a gap in the numbers', `INSERT INTO entry VALUES (5, ${entryValues})`],
      ['a number before the first', `INSERT INTO entry VALUES (0, ${entryValues})`],
      ['a number that SQLite would choose', `INSERT INTO entry VALUES (NULL, ${entryValues})`],
      ['UPDATE of a payload', `UPDATE payload SET body = '{}' WHERE seq = 2`],
      ['DELETE of a payload', 'DELETE FROM payload WHERE seq = 2'],
      ['INSERT OR REPLACE of a payload', `INSERT OR REPLACE INTO payload VALUES (2, '{}', '{}')`],
    ];
    for (const [what, statement] of refused)
      it(`refuses ${what}`, () => {
        appender.append([newEntry(1), newEntry(2), newEntry(3)]);
        const content = () => store.prepare('SELECT * FROM entry JOIN payload USING (seq)').all();
        const before = content();

        assert.throws(() => store.exec(statement), /the ledger is append-only/);

        assert.deepEqual(content(), before);
      });

    it('refuses a payload without its entry', () => {
      assert.throws(() => store.exec(`INSERT INTO payload VALUES (1, '{}', '{}')`), /FOREIGN KEY/);
    });
  });
});
