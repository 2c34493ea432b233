// Writes objects as git does, a file each: what the kernel commits is a handful of files and folders, and a process of git
// for each kind of them costs more than all of them.
import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { constants, deflate } from 'node:zlib';
import { v7 as uuidv7 } from 'uuid';

export type ObjectType = 'blob' | 'tree' | 'commit';

export interface LooseStore {
  /** Writes an object; gives its id. */
  write(type: ObjectType, content: Buffer): Promise<string>;
}

export interface LooseStoreOptions {
  /** The `objects` folder. */
  readonly folder: string;
  /** As long as ids are, in hexadecimal digits: 40 for SHA-1, 64 for SHA-256. */
  readonly idLength: number;
  /** Whether each object is on disk before it has its name: where commits find it. */
  readonly durable: boolean;
}

const deflated = promisify(deflate);

export function looseStore({ folder, idLength, durable }: LooseStoreOptions): LooseStore {
  return {
    async write(type, content) {
      const whole = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]);
      const id = createHash(idLength === 64 ? 'sha256' : 'sha1')
        .update(whole)
        .digest('hex');
      const path = join(folder, id.slice(0, 2), id.slice(2));
      await place(path, durable, async (building) => {
        const file = await open(building, 'wx', 0o444);
        try {
          await file.writeFile(await deflated(whole, { level: constants.Z_BEST_SPEED }));
        } finally {
          await file.close();
        }
      });
      return id;
    },
  };
}

/**
 * Builds a file of a store beside its place, and gives it its name when it is whole. One that is there counts as new
 * again, as git has it: its own `gc` leaves new ones alone.
 */
export async function place(path: string, durable: boolean, build: (path: string) => Promise<void>): Promise<void> {
  if (await freshened(path)) return;
  await mkdir(dirname(path), { recursive: true });
  // Git sweeps what begins like this and was left behind.
  const building = join(dirname(path), `tmp_obj_${uuidv7()}`);
  try {
    await build(building);
    if (durable) await synced(building);
    await rename(building, path);
  } catch (error) {
    await rm(building, { force: true });
    throw error;
  }
}

async function synced(path: string): Promise<void> {
  const file = await open(path, 'r');
  await file.sync().finally(() => file.close());
}

function freshened(path: string): Promise<boolean> {
  const now = new Date();
  return utimes(path, now, now).then(
    () => true,
    () => false,
  );
}
