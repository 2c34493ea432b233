// Checks an exported ledger: plain files, without SQLite. Part of the verifier.
import { hash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { isSigned, readCheckpoint, readVerifierKey } from './verify-note.ts';
import { growTree } from './verify-tree.ts';

export interface ExportVerdict {
  readonly code: 0 | 1;
  readonly entries: number;
  readonly redacted: readonly number[];
  readonly findings: string[];
}

const perTile = 256;

/** Verifies the export in `folder` under `verifierKey`, or under the last key that lies in it. */
export function verifyExport(folder: string, verifierKey?: string): ExportVerdict {
  const findings: string[] = [];
  const redacted: number[] = [];
  let entries = 0;
  try {
    const note = readFileSync(`${folder}/checkpoint`, 'utf8');
    const checkpoint = readCheckpoint(note);
    const lines = readFileSync(`${folder}/ledger.vkey`, 'utf8').split('\n').filter(Boolean);
    const key = readVerifierKey(verifierKey ?? lines.at(-1) ?? '');
    if (!checkpoint) throw new Error('its checkpoint is none');
    if (!key || checkpoint.origin !== key.name || !isSigned(note, key))
      findings.push('The checkpoint is not signed by the key.');
    const { size, root } = checkpoint;
    const contents = readLines(`${folder}/payload.jsonl`);
    const removed = new Set<number>();
    const tree = growTree((level, index, data) => checkTile(`${level}`, index, perTile, data));
    let previous = '0'.repeat(64);
    for (let index = 0; index * perTile < size; index++) {
      const width = Math.min(perTile, size - index * perTile);
      const bundle = readFileSync(pathOf('entries', index, width));
      let at = 0;
      for (let count = 0; count < width; count++) {
        const leaf = bundle.subarray(at + 2, at + 2 + bundle.readUInt16BE(at));
        at += 2 + leaf.length;
        entries += 1;
        previous = checkLeaf(leaf, entries, previous, contents, removed);
        tree.add(Buffer.from(previous, 'hex'));
      }
      if (at !== bundle.length) findings.push(`There is more than ${width} entries in bundle ${index}.`);
    }
    for (const [level, { full, rest }] of tree.levels.entries())
      if (rest.length > 0) checkTile(`${level}`, full, rest.length, Buffer.concat(rest));
    if (tree.root() !== root.toString('base64')) findings.push('The entries do not have the root that was signed.');
    if (!contents.next().done) findings.push('There is content that belongs to no entry.');
    for (const seq of redacted) if (!removed.has(seq)) findings.push(`The content of entry ${seq} is missing.`);
  } catch (error) {
    findings.push(`This cannot be read as an exported ledger: ${(error as Error).message}.`);
  }
  return { code: findings.length > 0 ? 1 : 0, entries, redacted, findings: findings.slice(0, 20) };

  function checkLeaf(
    leaf: Buffer,
    seq: number,
    before: string,
    contents: Iterator<string>,
    removed: Set<number>,
  ): string {
    const [version, number, , taskKey, kind, bodyHash, envHash, chained] = leaf.toString('utf8').split('\n');
    if (version !== 'ledger-entry/v1' || Number(number) !== seq || chained !== before)
      findings.push(`Entry ${seq} does not follow from the entries before it.`);
    const [, about] = kind === 'kernel' ? (/^redaction:(\d+)$/.exec(taskKey ?? '') ?? []) : [];
    if (about !== undefined) removed.add(Number(about));
    const line = contents.next();
    if (line.done) findings.push(`The content of entry ${seq} is missing.`);
    else checkContent(JSON.parse(line.value), seq, bodyHash, envHash);
    return hash('sha256', Buffer.concat([Buffer.from([0]), leaf]), 'hex');
  }

  function checkContent(row: Record<string, unknown>, seq: number, bodyHash?: string, envHash?: string): void {
    if (row.seq !== seq) findings.push(`The content of entry ${seq} is missing.`);
    else if (row.body === null && row.env === null) redacted.push(seq);
    else {
      if (hash('sha256', String(row.body), 'hex') !== bodyHash) findings.push(`The body of entry ${seq} was changed.`);
      if (hash('sha256', String(row.env), 'hex') !== envHash)
        findings.push(`The envelope of entry ${seq} was changed.`);
    }
  }

  function checkTile(level: string, index: number, width: number, data: Buffer): void {
    const path = pathOf(level, index, width);
    if (!existsSync(path) || !readFileSync(path).equals(data))
      findings.push(`Tile ${level}/${index} does not follow from the entries.`);
  }

  function pathOf(level: string, index: number, width: number): string {
    let [path, rest] = [String(index % 1000).padStart(3, '0'), Math.floor(index / 1000)];
    for (; rest > 0; rest = Math.floor(rest / 1000)) path = `x${String(rest % 1000).padStart(3, '0')}/${path}`;
    return `${folder}/tile/${level}/${path}${width < perTile ? `.p/${width}` : ''}`;
  }
}

/** Lines of a file that need not fit into memory. */
function* readLines(path: string): Generator<string, undefined> {
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(1 << 20);
    let rest = Buffer.alloc(0);
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) {
      rest = Buffer.concat([rest, chunk.subarray(0, read)]);
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        yield rest.toString('utf8', 0, end);
        rest = rest.subarray(end + 1);
      }
    }
    if (rest.length > 0) yield rest.toString('utf8');
  } finally {
    closeSync(file);
  }
}
