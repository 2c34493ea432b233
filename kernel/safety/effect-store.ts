// effects/: content by digest. What a task changed can be applied, undone or looked at later, and what is in an entry by
// digest is here before that entry is.
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { digestOf } from '../../ledger/digest.ts';
import { syncFolder } from '../../ledger/durable-file.ts';
import { crashPoint } from '../crash-point.ts';

export interface EffectStore {
  /** Keeps `content`, durably; gives its digest. */
  put(content: Buffer): string;
  /** Removes what a crash left half-written. Not while a kernel runs. */
  sweep(): void;
  /** The content of a digest that was put here. */
  get(digest: string): Buffer;
}

const unfinished = 'new-';

export function newEffectStore(folder: string): EffectStore {
  const pathOf = (digest: string) => join(folder, digest.slice(7, 9), digest.slice(7));
  return {
    put(content) {
      const digest = digestOf(content);
      const path = pathOf(digest);
      if (!existsSync(path)) {
        if (mkdirSync(dirname(path), { recursive: true })) syncFolder(folder);
        const written = join(folder, `${unfinished}${uuidv7()}`);
        writeDurably(written, content);
        crashPoint('storing-content');
        renameSync(written, path);
        syncFolder(dirname(path));
      }
      return digest;
    },
    sweep() {
      for (const name of readdirSync(folder)) if (name.startsWith(unfinished)) rmSync(join(folder, name));
    },
    get: (digest) => readFileSync(pathOf(digest)),
  };
}

/** Writes a new file and waits until it is on disk. Fails when something stands at `path`, be it a dangling link. */
export function writeDurably(path: string, content: Buffer, mode = 0o644): void {
  const descriptor = openSync(path, 'wx', mode);
  try {
    for (let at = 0; at < content.length; ) at += writeSync(descriptor, content, at);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
