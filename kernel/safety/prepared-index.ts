// An index in which git finds every file as it stands, so that `git status` in a copy reads no file again. Git compares
// no more than seconds of the modification time and the size (core.checkStat=minimal), because inodes, users and change
// times differ between a base and what is laid over it. For that to be safe, the files of a base are all older than any
// index: whatever is written to them later has another time.
import { createHash } from 'node:crypto';
import { lstat, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The modification time of every file of a base: 2000-01-01, in seconds. */
export const baseTime = 946_684_800;

/** Offsets within an entry: gitformat-index(5). */
const [modified, size, object] = [8, 36, 40];
const header = 12;
const entriesAtOnce = 500;

/** Notes in the index at `path`, version 2 as `git read-tree` writes it, how the files below `folder` stand. */
export async function noteFiles(path: string, folder: string, idBytes: number): Promise<void> {
  const index = await readFile(path);
  if (index.toString('latin1', 0, 4) !== 'DIRC' || index.readUInt32BE(4) !== 2)
    throw new Error(`git wrote an index of version ${index.readUInt32BE(4)}, not 2.`);
  let noted: Promise<void>[] = [];
  for (let at = header, left = index.readUInt32BE(8); left > 0; left--) {
    const nameAt = at + object + idBytes + 2;
    const nameEnd = index.indexOf(0, nameAt);
    noted.push(noteFile(index, at, folder, index.subarray(nameAt, nameEnd)));
    if (noted.length === entriesAtOnce) await Promise.all(noted.splice(0));
    // One to eight NULs, so that an entry is a multiple of eight long.
    at += (Math.floor((nameEnd - at) / 8) + 1) * 8;
  }
  await Promise.all(noted);
  noted = [];
  const checksum = createHash(idBytes === 32 ? 'sha256' : 'sha1').update(index.subarray(0, -idBytes));
  checksum.digest().copy(index, index.length - idBytes);
  await writeFile(path, index);
}

async function noteFile(index: Buffer, at: number, folder: string, name: Buffer): Promise<void> {
  const stat = await lstat(Buffer.concat([Buffer.from(`${folder}/`), name])).catch(() => null);
  if (!stat || stat.isDirectory()) return;
  index.writeUInt32BE(Math.floor(stat.mtimeMs / 1000), at + modified);
  index.writeUInt32BE(stat.size % 2 ** 32, at + size);
}

/** Where git keeps the index of the folder at `git`. */
export function indexIn(gitFolder: string): string {
  return join(gitFolder, 'index');
}
