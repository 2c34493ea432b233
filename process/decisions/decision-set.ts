// The decisions of some files, ready to be asked: what of the facts each depends on, and what comes of that.
import { existsSync } from 'node:fs';
import { type Answer, type CompiledTable, compileTable, type Facts } from './compile-table.ts';
import { explainRules, type RuleReport } from './explain-rules.ts';
import { refuseMeaningless } from './lint-table.ts';
import { loadModels } from './load-models.ts';
import type { RequirementGraph } from './requirement-graph.ts';

export interface DecisionSet {
  readonly decisions: ReadonlyMap<string, Askable>;
  /** Those that are tables. */
  readonly tables: ReadonlyMap<string, CompiledTable>;
}

export interface Askable {
  /** Digest of the file. */
  readonly version: string;
  /** Names of what it depends on: its columns' expressions, or the input data of all that it requires. */
  readonly names: readonly string[];
  inputsOf(facts: Facts): unknown[];
  answer(inputs: readonly unknown[]): Promise<Answer>;
  /** Empty where the decision is no table. */
  explain(inputs: readonly unknown[]): Promise<RuleReport[]>;
}

/** Loads `files` in order; a decision of a later one replaces one of the same id. Files that are not there are passed over. Throws TABLE_INVALID. */
export async function loadDecisionSet(files: readonly string[]): Promise<DecisionSet> {
  const tables = new Map<string, CompiledTable>();
  const decisions = new Map<string, Askable>();
  for (const graph of await loadModels(files.filter((file) => existsSync(file)))) {
    refuseMeaningless(graph.model);
    for (const { id, logic, requires } of graph.model.decisions) {
      const table = logic?.kind === 'table' ? compileTable(logic.table) : null;
      if (table) tables.set(id, table);
      else tables.delete(id);
      decisions.set(id, table && requires.length === 0 ? alone(table) : ofGraph(graph, id, table));
    }
  }
  return { decisions, tables };
}

/** A table that needs no other decision. */
function alone(table: CompiledTable): Askable {
  return {
    version: table.source.version,
    names: table.source.inputs.map(({ expression }) => expression),
    inputsOf: (facts) => table.inputsOf(facts),
    answer: (inputs) => table.decide(inputs),
    explain: async (inputs) => explainRules(table, inputs, (await table.decide(inputs)).rules),
  };
}

/** A decision that needs others, or is no table: it depends on the input data that all of them need. */
function ofGraph(graph: RequirementGraph, id: string, table: CompiledTable | null): Askable {
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
