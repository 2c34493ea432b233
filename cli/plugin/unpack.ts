// A plugin's folder out of what somebody hands over: the folder itself, a tarball, whose content is hostile until checked, or the
// name of a package, whose tarball npm fetches.
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { extract } from 'tar';
import { fault } from '../../contracts/errors.ts';
import { npm } from './npm.ts';

const spec = 'plugin.spec.json';
/** As much as a plugin may bring, bytes and entries; far more than any needs. */
const [largest, mostEntries] = [256 * 1024 * 1024, 20_000];

/** A package with its version or tag, and nothing else that npm takes for one: a repository's own scripts would be run. */
const packageName = /^npm:((?:@[a-z0-9._~-]+\/)?[a-z0-9_~][a-z0-9._~-]*(?:@[A-Za-z0-9.^~<>=+_-]+)?)$/;

/** Gives the folder that holds the spec. `place` is for what is unpacked. Throws PACKAGE_UNSUITABLE and NPM_FAILED. */
export async function unpack(source: string, place: string): Promise<string> {
  const refuse = (detail: string) => fault('PACKAGE_UNSUITABLE', { source, detail });
  const path = source.startsWith('npm:') ? await fetched(source, `${place}.npm`, refuse) : resolve(source);
  if (!existsSync(path)) throw refuse('there is nothing');
  if (statSync(path).isDirectory()) {
    if (!existsSync(join(path, spec))) throw refuse(`it has no ${spec}`);
    return path;
  }
  mkdirSync(place, { recursive: true });
  await extractInto(path, place, refuse);
  // npm puts everything below package/.
  const folders = [place, ...readdirSync(place).map((name) => join(place, name))];
  const found = folders.find((folder) => existsSync(join(folder, spec)));
  if (!found) throw refuse(`it has no ${spec}`);
  return found;
}

async function fetched(source: string, place: string, refuse: (detail: string) => Error): Promise<string> {
  const name = packageName.exec(source)?.[1];
  if (name === undefined) throw refuse('that is no name of a package');
  mkdirSync(place, { recursive: true });
  await npm(place, ['pack', name, '--pack-destination', place]);
  return join(place, readdirSync(place)[0] as string);
}

async function extractInto(file: string, cwd: string, refuse: (detail: string) => Error): Promise<void> {
  let [bytes, entries] = [0, 0];
  let refused: Error | undefined;
  try {
    await extract({
      ...{ file, cwd, strict: true, preservePaths: false, noChmod: false, preserveOwner: false },
      filter(path, entry) {
        const kind = 'type' in entry ? entry.type : 'File';
        bytes += entry.size ?? 0;
        entries += 1;
        if (kind !== 'File' && kind !== 'OldFile' && kind !== 'Directory') refused ??= refuse(`${path} is a ${kind}`);
        if (path.startsWith('/') || path.split('/').includes('..')) refused ??= refuse(`${path} leads out of it`);
        if (bytes > largest || entries > mostEntries) refused ??= refuse('it is larger than any plugin is');
        return refused === undefined;
      },
    });
  } catch (error) {
    throw refused ?? refuse(`it is no tarball: ${(error as Error).message}`);
  }
  if (refused) throw refused;
}
