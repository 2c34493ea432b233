// The spec of a plugin as it stands in its folder, with everything that keeps it from being one.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { check } from '../../contracts/check.ts';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import { phrase } from '../../kernel/validator/phrase.ts';
import { unmet } from '../run/case.ts';

export const specFile = 'plugin.spec.json';

/** Throws what is wrong with it, as an unmet expectation. */
export function readSpec(folder: string): PluginSpec {
  const path = join(folder, specFile);
  if (!existsSync(path)) throw unmet(`${specFile} in the folder`, 'no such file', `ls ${folder}`);
  const text = readFileSync(path, 'utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unmet('JSON', (error as Error).message, `look at ${path}`);
  }
  const twice = keyTwice(text);
  if (twice) throw unmet('every key once: of two, readers take the last', twice, `look at ${path}`);
  const checked = check('plugin.v1', value);
  if (checked.ok) return checked.value;
  const { detail, expectation, hint } = phrase(checked.misfits);
  throw unmet(expectation, detail, `look at ${path}${hint ? `. ${hint}` : ''}`);
}

/** JSON.parse says nothing when a key comes twice; JSON is YAML, whose reader does. */
function keyTwice(text: string): string | null {
  const { errors } = parseDocument(text, { schema: 'json', uniqueKeys: true, prettyErrors: true });
  const error = errors.find(({ code }) => code === 'DUPLICATE_KEY');
  return error ? (error.message.split('\n')[0] ?? null) : null;
}
