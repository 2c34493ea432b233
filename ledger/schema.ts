// The tables of ledger.db. Payloads stand apart from entries, so that one can be redacted without breaking a proof.
// A dropped guard is not put back in silence: see `demandLayout` in store.ts.

/** Changes whenever the statements below do, together with an upgrade in store.ts. */
export const layout = '2';

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
`;

const no = `BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;`;

// INSERT OR REPLACE fires no DELETE trigger: only a guard before the insert stops it.
export const createGuards = `
CREATE TRIGGER entry_append BEFORE INSERT ON entry
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM entry) OR EXISTS (SELECT 1 FROM entry WHERE id = NEW.id)
${no}
CREATE TRIGGER entry_keep BEFORE DELETE ON entry ${no}
CREATE TRIGGER entry_fixed BEFORE UPDATE ON entry ${no}

CREATE TRIGGER payload_append BEFORE INSERT ON payload
WHEN EXISTS (SELECT 1 FROM payload WHERE seq = NEW.seq) OR NEW.body IS NULL OR NEW.env IS NULL
${no}
CREATE TRIGGER payload_keep BEFORE DELETE ON payload ${no}
CREATE TRIGGER payload_fixed BEFORE UPDATE ON payload
WHEN NEW.seq IS NOT OLD.seq OR NEW.body IS NOT NULL OR NEW.env IS NOT NULL OR NOT EXISTS
  (SELECT 1 FROM entry WHERE task_key = 'redaction:' || OLD.seq AND kind = 'kernel' AND seq > OLD.seq)
${no}

CREATE TRIGGER tile_append BEFORE INSERT ON tile
WHEN EXISTS (SELECT 1 FROM tile WHERE level = NEW.level AND idx = NEW.idx)
${no}
CREATE TRIGGER tile_keep BEFORE DELETE ON tile ${no}
CREATE TRIGGER tile_grows BEFORE UPDATE ON tile
WHEN NEW.level IS NOT OLD.level OR NEW.idx IS NOT OLD.idx
  OR length(NEW.data) <= length(OLD.data) OR substr(NEW.data, 1, length(OLD.data)) IS NOT OLD.data
${no}

CREATE TRIGGER checkpoint_append BEFORE INSERT ON checkpoint
WHEN NEW.size <= (SELECT coalesce(max(size), -1) FROM checkpoint)
${no}
CREATE TRIGGER checkpoint_keep BEFORE DELETE ON checkpoint ${no}
CREATE TRIGGER checkpoint_fixed BEFORE UPDATE ON checkpoint ${no}

CREATE TRIGGER meta_append BEFORE INSERT ON meta WHEN EXISTS (SELECT 1 FROM meta WHERE key = NEW.key) ${no}
CREATE TRIGGER meta_keep BEFORE DELETE ON meta ${no}
CREATE TRIGGER meta_fixed BEFORE UPDATE ON meta ${no}
`;
