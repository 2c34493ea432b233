// The tables of ledger.db. Payloads stand apart from entries, so that one can be redacted without breaking a proof.
// `tile` and `checkpoint` have their final layout; the Merkle tree that fills them comes with signed checkpoints.

export const createTables = `
CREATE TABLE IF NOT EXISTS entry (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  task_key TEXT NOT NULL,
  kind TEXT NOT NULL,
  body_hash BLOB NOT NULL,
  env_hash BLOB NOT NULL,
  leaf_hash BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS entry_by_task ON entry (task_key, seq);
CREATE INDEX IF NOT EXISTS entry_prepared ON entry (seq) WHERE kind = 'prepared';

CREATE TABLE IF NOT EXISTS payload (seq INTEGER PRIMARY KEY REFERENCES entry (seq), body TEXT, env TEXT) STRICT;
CREATE TABLE IF NOT EXISTS tile (level INTEGER NOT NULL, idx INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (level, idx)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS checkpoint (size INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

-- INSERT OR REPLACE fires no DELETE trigger: only a guard before the insert stops it.
CREATE TRIGGER IF NOT EXISTS entry_append BEFORE INSERT ON entry
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM entry) OR EXISTS (SELECT 1 FROM entry WHERE id = NEW.id)
BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS entry_keep BEFORE DELETE ON entry BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS entry_fixed BEFORE UPDATE ON entry BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS payload_append BEFORE INSERT ON payload
WHEN EXISTS (SELECT 1 FROM payload WHERE seq = NEW.seq)
BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS payload_keep BEFORE DELETE ON payload BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS payload_fixed BEFORE UPDATE ON payload BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
`;
