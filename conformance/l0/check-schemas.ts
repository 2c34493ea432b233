// Whether the schemas of a spec are schemas, and let something through.
import { compileSchema, type Misfit } from '../../contracts/check.ts';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import { phrase } from '../../kernel/validator/phrase.ts';
import { validInputs } from '../inputs/generate-inputs.ts';
import { unmet } from '../run/case.ts';

type Schema = Readonly<Record<string, unknown>>;

/** Throws for the first schema at fault. */
export function checkSchemas({ tools, settings }: PluginSpec, seed: number): void {
  for (const [name, tool] of Object.entries(tools))
    for (const side of ['input', 'output'] as const) {
      const place = `tools.${name}.${side}`;
      const schema = tool?.[side] as Schema;
      checkExamples(place, schema, compiled(place, schema));
      if (side === 'input' && validInputs(schema, { seed, count: 1 }).length === 0)
        throw unmet('an input schema that something fits', 'nothing was found that does', `look at ${place}`);
    }
  if (settings) compiled('settings', settings);
}

function compiled(place: string, schema: Schema): (value: unknown) => Misfit[] {
  try {
    return compileSchema(schema);
  } catch (error) {
    throw unmet('JSON Schema 2020-12', `${place}: ${(error as Error).message}`, `look at ${place} in plugin.spec.json`);
  }
}

/** An example that does not fit misleads whoever reads it. */
function checkExamples(place: string, { examples }: Schema, misfitsOf: (value: unknown) => Misfit[]): void {
  for (const example of Array.isArray(examples) ? examples : []) {
    const misfits = misfitsOf(example);
    if (misfits.length > 0)
      throw unmet('examples that fit their own schema', phrase(misfits).detail, `look at ${place}.examples`);
  }
}
