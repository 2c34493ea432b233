// Which policies are in force: the package's, and the home's, where a file of the same name wins.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, digestOfValue } from '../ledger/digest.ts';

const isPolicy = /(?<!_test)\.rego$|\.yml$|^policy\.wasm$/;

export interface PoliciesInForce {
  /** File name → path. */
  readonly files: ReadonlyMap<string, string>;
  /** Digest over every file's name and digest. */
  readonly digest: string;
}

/** The policies of `folders`, later ones winning. A set without any is a mistake, and throws. */
export function policiesInForce(folders: readonly string[]): PoliciesInForce {
  const files = new Map<string, string>();
  for (const folder of folders.filter((folder) => existsSync(folder)))
    for (const name of readdirSync(folder).filter((name) => isPolicy.test(name))) files.set(name, join(folder, name));
  if (files.size === 0) throw new Error(`There is no policy in ${folders.join(', ')}.`);
  const digests = Object.fromEntries([...files].map(([name, path]) => [name, digestOf(readFileSync(path))]));
  return { files, digest: digestOfValue(digests) };
}
