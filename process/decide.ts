// Asks decisions. They are pure, so answers are kept by their inputs.
import { existsSync } from 'node:fs';
import type { DecisionRecord } from '../contracts/generated/ledger.v1.ts';
import { type Answer, type CompiledTable, compileTable, type Facts } from './decisions/compile-table.ts';
import { explainRules, type RuleReport } from './decisions/explain-rules.ts';
import { refuseMeaningless } from './decisions/lint-table.ts';
import { loadModels } from './decisions/load-models.ts';
import type { RequirementGraph } from './decisions/requirement-graph.ts';

export interface DecisionTables {
  /** Asks the decision `id`; the record says which version and which rule answered, and on which inputs. Throws TABLE_INVALID where rules clash. */
  decide(id: string, facts: Facts): Promise<DecisionRecord>;
  /** Whether there is a decision of that id. */
  has(id: string): boolean;
  /** Names of what the decision depends on: its columns' expressions, or the input data of all that it requires. */
  inputsOf(id: string): readonly string[];
  /** Why each rule of the table `id` fires or does not. Empty where the decision is no table. */
  explain(id: string, facts: Facts): Promise<RuleReport[]>;
  /** Every table by id. */
  readonly tables: ReadonlyMap<string, CompiledTable>;
}

/** A decision as it is asked: what of the facts it depends on, and what comes of that. */
interface Asked {
  readonly version: string;
  readonly names: readonly string[];
  inputsOf(facts: Facts): unknown[];
  answer(inputs: readonly unknown[]): Promise<Answer>;
  explain(inputs: readonly unknown[]): Promise<RuleReport[]>;
}

const mostAnswers = 10_000;

/**
 * Loads the decisions of `files`, in order; one of a later file replaces one of the same id. Files that are not there
 * are passed over, but there has to be a table. Throws TABLE_INVALID.
 */
export async function loadDecisions(files: readonly string[]): Promise<DecisionTables> {
  const tables = new Map<string, CompiledTable>();
  const asked = new Map<string, Asked>();
  for (const graph of await loadModels(files.filter((file) => existsSync(file)))) {
    refuseMeaningless(graph.model);
    for (const { id, logic, requires } of graph.model.decisions) {
      const table = logic?.kind === 'table' ? compileTable(logic.table) : null;
      if (table) tables.set(id, table);
      else tables.delete(id);
      asked.set(id, table && requires.length === 0 ? alone(table) : ofGraph(graph, id, table));
    }
  }
  if (tables.size === 0) throw new Error(`No decision table was found in ${files.join(', ')}.`);

  const demand = (id: string): Asked => {
    const decision = asked.get(id);
    if (!decision) throw new Error(`There is no decision table ${id}.`);
    return decision;
  };
  const answers = new Map<string, Promise<DecisionRecord>>();
  return {
    tables,
    has: (id) => asked.has(id),
    inputsOf: (id) => demand(id).names,
    explain: (id, facts) => demand(id).explain(demand(id).inputsOf(facts)),
    decide(id, facts) {
      const decision = demand(id);
      const inputs = decision.inputsOf(facts);
      const key = `${id} ${JSON.stringify(inputs)}`;
      const known = answers.get(key);
      if (known) return known;
      const answer = decision.answer(inputs).then(({ rules, inputs, output }) => ({
        table: id,
        version: decision.version,
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

/** A table that needs no other decision. */
function alone(table: CompiledTable): Asked {
  return {
    version: table.source.version,
    names: table.source.inputs.map(({ expression }) => expression),
    inputsOf: (facts) => table.inputsOf(facts),
    answer: (inputs) => table.decide(inputs),
    explain: async (inputs) => explainRules(table, inputs, (await table.decide(inputs)).rules),
  };
}

/** A decision that needs others, or is no table: it depends on the input data that all of them need. */
function ofGraph(graph: RequirementGraph, id: string, table: CompiledTable | null): Asked {
  const names = graph.inputsOf(id);
  const named = (values: readonly unknown[]): Facts =>
    Object.fromEntries(names.map((name, index) => [name, values[index] ?? null]));
  return {
    version: graph.model.version,
    names,
    inputsOf: (facts) => names.map((name) => facts[name] ?? null),
    async answer(values) {
      const inputs = named(values);
      const { value, rules } = await graph.decide(id, inputs);
      return { rules, output: value, inputs };
    },
    async explain(values) {
      const { rules, scope } = await graph.decide(id, named(values));
      return table ? explainRules(table, table.inputsOf(scope), rules, scope) : [];
    },
  };
}
