#!/usr/bin/env python3
"""Checks an Arbiter ledger, with nothing but Python's standard library.

    verify_ledger.py LEDGER [--note FILE]... [--key KEY]

LEDGER is a ledger.db; the checkpoint beside it counts too. Each --note is a file with a checkpoint that was published
where whoever may write to the ledger may not. Exit code: 0 whole and noted elsewhere, 1 tampered with, 2 shorter than
what was noted, 3 consistent but noted nowhere else, 4 not to be read.
"""

import argparse
import base64
import hashlib
import json
import os
import re
import sqlite3
import sys

import ed25519

# SHA-256 over the statements of all tables, indexes and guards, in the order of their names.
SCHEMA = "7b7e085c1a458c03df35ed6e7f17938f438f2dd8a34543c90859882d62e65780"


def sha256(data):
    return hashlib.sha256(data).digest()


class Tree:
    """The Merkle tree of RFC 6962: a subtree for each set bit of the number of leaves, largest first."""

    def __init__(self):
        self.size, self.subtrees, self.levels = 0, [], {}

    def add(self, leaf):
        self.size += 1
        self.subtrees.append(leaf)
        self.levels.setdefault(0, []).append(leaf)
        size, height = self.size, 0
        while size % 2 == 0:
            right = self.subtrees.pop()
            node = sha256(b"\x01" + self.subtrees.pop() + right)
            self.subtrees.append(node)
            size, height = size // 2, height + 1
            if height % 8 == 0:
                self.levels.setdefault(height // 8, []).append(node)

    def root(self):
        if not self.subtrees:
            return sha256(b"")
        root = self.subtrees[-1]
        for left in reversed(self.subtrees[:-1]):
            root = sha256(b"\x01" + left + root)
        return root

    def tiles(self):
        """What has to be stored: full tiles, and the partial one of each level but the lowest."""
        for level, nodes in self.levels.items():
            for index in range(0, len(nodes), 256):
                part = nodes[index : index + 256]
                if level > 0 or len(part) == 256:
                    yield (level, index // 256), b"".join(part)


def read_key(line):
    """(name, id, public key) of `<name>+<id>+<base64>`, or None."""
    parts = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})", line)
    if not parts:
        return None
    name, encoded = parts[1], base64.b64decode(parts[3])
    key_id = sha256(name.encode() + b"\n" + encoded)[:4]
    if len(encoded) != 33 or encoded[0] != 1 or key_id.hex() != parts[2]:
        return None
    return name, key_id, encoded[1:]


def read_checkpoint(note):
    """(origin, size, root) of a signed note, or None."""
    parts = re.fullmatch(r"([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*\n(?:— [^\n]+\n)+", note)
    return (parts[1], int(parts[2]), base64.b64decode(parts[3])) if parts else None


def is_signed(note, key):
    name, key_id, public = key
    text, _, signatures = note.rpartition("\n\n")
    signed = False
    for line in signatures.split("\n"):
        parts = re.fullmatch(r"— (\S+) ([A-Za-z0-9+/]+={0,2})", line)
        if not parts or parts[1] != name:
            continue
        data = base64.b64decode(parts[2])
        if data[:4] != key_id:
            continue
        if not ed25519.verify(public, (text + "\n").encode(), data[4:]):
            return False
        signed = True
    return signed


class Ledger:
    def __init__(self, path, notes, key):
        self.path, self.notes, self.key = path, notes, key
        self.findings, self.missing, self.anchored = [], [], False
        self.tree, self.head = Tree(), bytes(32)
        self.expected, self.removed, self.gone = [], set(), set()

    def find(self, sentence):
        self.findings.append(sentence)

    def check(self, store):
        integrity = store.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if integrity != "ok":
            self.find(f"SQLite finds the file damaged: {integrity}.")
        statements = store.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type || ' ' || name")
        if hashlib.sha256("".join(sql + "\n" for (sql,) in statements).encode()).hexdigest() != SCHEMA:
            self.find("A table, an index or a guard is not as it was made.")
        self.read_keys(dict(store.execute("SELECT key, value FROM meta")))
        self.read_notes()
        checkpoints = dict(store.execute("SELECT size, note FROM checkpoint"))
        self.at_size(0, checkpoints)
        for row in store.execute("SELECT e.seq, id, task_key, kind, body_hash, env_hash, leaf_hash, body, env FROM entry e LEFT JOIN payload USING (seq) ORDER BY e.seq"):
            self.check_entry(row)
            self.at_size(self.tree.size, checkpoints)
        for size in checkpoints:
            self.find(f"There is a checkpoint over {size} entries, and they are not there.")
        if len(self.begins) != len(self.keys):
            self.find(f"There are {len(self.keys)} keys for {len(self.begins)} segments.")
        for seq in self.gone ^ self.removed:
            self.find(f"The content of entry {seq} is missing, or there although it was redacted.")
        if store.execute("SELECT count(*) FROM payload WHERE seq > ? OR seq < 1", (self.tree.size,)).fetchone()[0]:
            self.find("There is content that belongs to no entry.")
        if dict(((level, index), data) for level, index, data in store.execute("SELECT level, idx, data FROM tile")) != dict(self.tree.tiles()):
            self.find("The tiles do not follow from the entries.")
        for where, _, size, _ in self.expected:
            if size > self.tree.size:
                self.missing.append(f"The ledger ends at entry {self.tree.size}; {size} entries were noted in {where}.")

    def read_keys(self, meta):
        self.lines = []
        while f"vkey/{len(self.lines) + 1}" in meta:
            self.lines.append(meta[f"vkey/{len(self.lines) + 1}"])
        self.keys, self.begins = [read_key(line) for line in self.lines], [0]
        for index, key in enumerate(self.keys):
            origin = f"arbiter.ledger/{meta.get('id')}" + (f"/{index + 1}" if index else "")
            if key is None or key[0] != origin:
                self.find(f"Key {index + 1} is none of this ledger.")
        if not self.keys or (self.key and self.key != self.lines[0]):
            self.find("The ledger does not begin with the key that was expected.")

    def read_notes(self):
        beside = os.path.join(os.path.dirname(self.path), "checkpoint")
        for where, outside in [(beside, False)] + [(note, True) for note in self.notes]:
            if not os.path.exists(where) or os.path.getsize(where) == 0:
                continue
            with open(where, encoding="utf-8", newline="") as file:
                note = file.read()
            said = read_checkpoint(note)
            if said is None or not any(key and key[0] == said[0] and is_signed(note, key) for key in self.keys):
                self.find(f"{where} holds no checkpoint that the ledger's key signed.")
            else:
                self.expected.append((where, outside, said[1], said[2]))

    def check_entry(self, row):
        seq, entry_id, task, kind, body_hash, env_hash, leaf_hash, body, env = row
        if seq != self.tree.size + 1:
            self.find(f"Entry {self.tree.size + 1} is missing.")
        if body is None and env is None:
            self.gone.add(seq)
        else:
            for text, digest in ((body, body_hash), (env, env_hash)):
                if text is None or sha256(text.encode()) != digest:
                    self.find(f"The content of entry {seq} was changed.")
        if kind == "kernel":
            self.see_kernel(seq, task, body)
        lines = ["ledger-entry/v1", str(seq), entry_id, task, kind, body_hash.hex(), env_hash.hex(), self.head.hex()]
        if sha256(b"\x00" + "".join(line + "\n" for line in lines).encode()) != leaf_hash:
            self.find(f"Entry {seq} does not follow from the entries before it.")
        self.head = leaf_hash
        self.tree.add(leaf_hash)

    def see_kernel(self, seq, task, body):
        about = re.fullmatch(r"redaction:([0-9]+)", task)
        if about and int(about[1]) < seq:
            self.removed.add(int(about[1]))
        if task.startswith("segment:"):
            self.begins.append(seq)
            number = len(self.begins)
            key = json.loads(body).get("facts", {}).get("key") if body else None
            if task != f"segment:{number}" or number > len(self.lines) or key != self.lines[number - 1]:
                self.find(f"Entry {seq} does not begin segment {number}.")

    def at_size(self, size, checkpoints):
        due = [one for one in self.expected if one[2] == size]
        note = checkpoints.pop(size, None)
        if note is None and not due:
            return
        root = self.tree.root()
        for where, outside, _, noted in due:
            if noted != root:
                self.find(f"Of the first {size} entries another past was noted in {where}.")
            self.anchored = self.anchored or (outside and noted == root)
        if note is None:
            return
        said = read_checkpoint(note)
        segment = max(index for index, begin in enumerate(self.begins) if begin <= size)
        key = self.keys[segment] if segment < len(self.keys) else None
        if said is None or key is None or said[:2] != (key[0], size) or not is_signed(note, key):
            self.find(f"The checkpoint over {size} entries is not signed by the ledger's key.")
        elif said[2] != root:
            self.find(f"The checkpoint over {size} entries has another root than they have.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ledger")
    parser.add_argument("--note", action="append", default=[])
    parser.add_argument("--key")
    given = parser.parse_args()
    if not os.path.exists(given.ledger) or not os.access(given.ledger, os.R_OK):
        print(f"{given.ledger} is not there, or may not be read.")
        return 4
    ledger = Ledger(given.ledger, given.note, given.key)
    try:
        store = sqlite3.connect(f"file:{os.path.abspath(given.ledger)}?mode=ro", uri=True, isolation_level=None)
        # One transaction: what a writer adds meanwhile is not seen.
        store.execute("BEGIN")
        ledger.check(store)
    except (sqlite3.Error, ValueError, TypeError, AttributeError) as error:
        ledger.find(f"The file cannot be read as a ledger: {error}.")
    for sentence in (ledger.findings + ledger.missing)[:20]:
        print(sentence)
    print(f"{ledger.tree.size} entries, head {ledger.head.hex()}, root {base64.b64encode(ledger.tree.root()).decode()}")
    return 1 if ledger.findings else 2 if ledger.missing else 0 if ledger.anchored else 3


if __name__ == "__main__":
    sys.exit(main())
