// Removes from run/ what processes that are gone left half-built: copies of plugins, and the scratch of replays.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from './is-alive.ts';
import { removeTree } from './remove-tree.ts';

/** Names end in the id of the process that builds. */
const building = /(?:^replay-|\.)(\d+)$/;

export async function sweepRun(run: string): Promise<void> {
  for (const folder of [run, join(run, 'plugins')].filter((path) => existsSync(path)))
    for (const name of readdirSync(folder)) {
      const pid = building.exec(name)?.[1];
      if (pid !== undefined && !isAlive(Number(pid))) await removeTree(join(folder, name));
    }
}
