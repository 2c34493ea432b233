// Whether a contract may stand as it does beside its released versions: it is the newest of them, or the next minor, and takes
// all that they took.
import { isDeepStrictEqual } from 'node:util';
import { narrowings, prose } from './narrowings.ts';

type Schema = Readonly<Record<string, unknown>>;

export interface Judged {
  /** Null where the schema names none. */
  readonly version: string | null;
  /** What is wrong and what to do about it, a sentence each. */
  readonly complaints: readonly string[];
}

/** `released` holds what was released of it, by version; `name` is such as `plugin.v1`. */
export function judgeContract(name: string, schema: Schema, released: ReadonlyMap<string, Schema>): Judged {
  const major = name.slice(name.lastIndexOf('.v') + 2);
  const version = versionOf(name, major, schema);
  if (version === null)
    return { version, complaints: [`${name} has the $id ${schema.$id}. Expected: urn:arbiter:${name}:${major}.N.0.`] };
  const newest = Math.max(-1, ...[...released.keys()].map(minorOf));
  const next = `${major}.${newest + 1}.0`;
  const copy = released.get(version);
  const complaints: string[] = [];
  if (!copy && version !== next) complaints.push(`${name} is ${version}. Expected: ${next}, its next minor.`);
  if (copy && minorOf(version) < newest)
    complaints.push(
      `${name} is ${version}, and ${major}.${newest}.0 was released. Expected: ${major}.${newest}.0, or ${next} for a change.`,
    );
  if (copy && !isDeepStrictEqual(meaningOf(copy), meaningOf(schema)))
    complaints.push(
      `${name} has changed and is ${version} still. End its $id in ${next} and run: npm run generate. Only as long as no release of Arbiter has ${version}: remove contracts/released/${name}/${version}.json instead.`,
    );
  for (const [older, its] of released)
    if (minorOf(older) < minorOf(version))
      complaints.push(
        ...narrowings(its, schema).map(
          (narrowing) =>
            `${name} ${version} may refuse what fits ${older}: ${narrowing}. A minor only adds; anything else is ${name.slice(0, -major.length)}${Number(major) + 1}.`,
        ),
      );
  return { version, complaints };
}

/** What the `$id` ends in; null where that is no minor of `name`. */
function versionOf(name: string, major: string, { $id }: Schema): string | null {
  const [, ofWhat, version] = /^urn:arbiter:(.+):(\d+\.\d+\.0)$/.exec(String($id)) ?? [];
  return ofWhat === name && version?.startsWith(`${major}.`) ? version : null;
}

function minorOf(version: string): number {
  return Number(version.split('.')[1]);
}

/** What is left without words for people. That a word is deprecated is none of those: programs act on it. */
function meaningOf(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(meaningOf);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).filter(([word]) => word === 'deprecated' || !prose.includes(word));
  return Object.fromEntries(entries.map(([word, value]) => [word, named.has(word) ? byName(value) : meaningOf(value)]));
}

/** Words whose keys are names, which may be called as words are. */
const named = new Set(['properties', '$defs']);

function byName(schemas: object): object {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, meaningOf(schema)]));
}
