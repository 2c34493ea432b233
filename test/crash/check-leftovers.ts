// What a crash may leave and recovery has to clear away.
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Home } from '../../kernel/home.ts';
import type { Findings } from './findings.ts';

/** Checks home and repositories, when no kernel runs and nothing is open. `place` holds everything of this campaign. */
export function checkLeftovers(
  { home, place }: { readonly home: Home; readonly place: string },
  repositories: readonly string[],
  findings: Findings,
): void {
  const add = (path: string) => findings.leftovers.add(path.slice(place.length + 1));
  for (const folder of [home.inbox, home.processing, home.waiting, home.copies])
    for (const name of readdirSync(folder)) add(join(folder, name));
  for (const path of filesBelow(home.effects)) if (path.includes('/new-')) add(path);
  for (const path of filesBelow(home.bases)) if (/\/building-[^/]*$/.test(path)) add(path);
  for (const name of readdirSync(join(home.run, 'plugins')))
    if (/\.\d+$/.test(name)) add(join(home.run, 'plugins', name));
  if (existsSync(home.socket)) add(home.socket);
  for (const name of readdirSync(join(place, 'tmp')))
    if (!name.startsWith('arbiter-proofs-') && name !== 'node-compile-cache') add(join(place, 'tmp', name));
  for (const repository of repositories)
    for (const path of filesBelow(join(repository, '.git'))) if (path.endsWith('.lock')) add(path);
  for (const process of processesOf(place)) findings.leftovers.add(process);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
}

/** Processes that were started for this campaign, or work in its folders. */
export function processesOf(place: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const about = `${readFileSync(`/proc/${pid}/cmdline`, 'utf8')}\0${readFileSync(`/proc/${pid}/environ`, 'utf8')}`;
        const mine = about.includes(place) || readlinkSync(`/proc/${pid}/cwd`).startsWith(place);
        return mine ? [`process ${pid}: ${about.replaceAll('\0', ' ').slice(0, 120)}`] : [];
      } catch {
        // It has ended, or is somebody else's.
        return [];
      }
    });
}
