// Asks decision tables. Tables are pure, so answers are kept by their inputs.
import { existsSync } from 'node:fs';
import type { DecisionRecord } from '../contracts/generated/ledger.v1.ts';
import { type CompiledTable, compileTable, type Facts } from './compile-table.ts';
import { readDecisionTables } from './read-dmn.ts';

export interface DecisionTables {
  /** Asks the table `id`; the record says which version and which rule answered, and on which inputs. */
  decide(id: string, facts: Facts): Promise<DecisionRecord>;
  /** Every table by id. */
  readonly tables: ReadonlyMap<string, CompiledTable>;
}

const mostAnswers = 10_000;

/**
 * Loads the tables of `files`, in order; a table of a later file replaces one of the same id. Files that are not there
 * are passed over, but there has to be one. Throws TABLE_INVALID.
 */
export async function loadDecisions(files: readonly string[]): Promise<DecisionTables> {
  const tables = new Map<string, CompiledTable>();
  for (const file of files.filter((file) => existsSync(file)))
    for (const source of await readDecisionTables(file)) tables.set(source.id, compileTable(source));
  if (tables.size === 0) throw new Error(`No decision table was found in ${files.join(', ')}.`);

  const answers = new Map<string, Promise<DecisionRecord>>();
  return {
    tables,
    decide(id, facts) {
      const table = tables.get(id);
      if (!table) throw new Error(`There is no decision table ${id}.`);
      const inputs = table.inputsOf(facts);
      const key = `${id} ${JSON.stringify(inputs)}`;
      const known = answers.get(key);
      if (known) return known;
      const answer = table.decide(inputs).then(({ rules, inputs, output }) => ({
        table: id,
        version: table.source.version,
        rules: [...rules],
        inputs,
        output,
      }));
      if (answers.size >= mostAnswers) answers.clear();
      answers.set(key, answer);
      return answer;
    },
  };
}
