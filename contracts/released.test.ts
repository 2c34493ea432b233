// What fitted a released minor of a contract fits it as it is now: tried with values made from the old schema.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { validInputs } from '../conformance/inputs/generate-inputs.ts';
import { type Contracts, check } from './check.ts';

const released = new URL('./released/', import.meta.url);
const values = 30;

describe('Every contract', () => {
  for (const name of readdirSync(released) as (keyof Contracts)[]) {
    const versions = readdirSync(new URL(`${name}/`, released));
    for (const file of versions.filter((file) => file !== newest(versions)))
      it(`takes what fitted ${name} ${file.replace('.json', '')}`, () => {
        const schema = JSON.parse(readFileSync(new URL(`${name}/${file}`, released), 'utf8'));

        const made = [...schema.examples, ...validInputs(schema, { seed: 1, count: values })];

        assert.ok(made.length > values, `only ${made.length} values were made from ${name}`);
        for (const value of made) {
          const checked = check(name, value);
          assert.ok(checked.ok, `${JSON.stringify(checked)}\nof ${JSON.stringify(value)}`);
        }
      });
  }
});

function newest(files: readonly string[]): string {
  const minor = (file: string) => Number(file.split('.')[1]);
  return [...files].sort((left, right) => minor(left) - minor(right)).at(-1) as string;
}
