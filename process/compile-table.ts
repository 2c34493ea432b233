// Compiles a decision table: cells are FEEL (feelin), rows are rules of json-rules-engine. Cells that compare with
// literal strings are looked up first, so that only rows that can still match reach the rules engine.
import { isDeepStrictEqual } from 'node:util';
import { evaluate, unaryTest } from 'feelin';
import { Engine, type EngineResult, Rule } from 'json-rules-engine';
import { fault } from '../contracts/errors.ts';
import type { TableSource } from './read-dmn.ts';

export type Facts = Readonly<Record<string, unknown>>;

/** What a table answered. */
export interface Answer {
  /** Numbers of the rules that fired, from 1. */
  readonly rules: readonly number[];
  /** The single output's value, or an object by output name; a list of those for COLLECT and RULE ORDER. Null: no rule fired. */
  readonly output: unknown;
  /** The table's inputs as they were, by expression. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface CompiledTable {
  readonly source: TableSource;
  /** The table's inputs for these facts, in the order of its columns. */
  inputsOf(facts: Facts): unknown[];
  /** Answers for those inputs; the same inputs always get the same answer. */
  decide(inputs: readonly unknown[]): Promise<Answer>;
}

const literalStrings = /^"[^"\\]*"(?:\s*,\s*"[^"\\]*")*$/;
const listPolicies: readonly string[] = ['COLLECT', 'RULE ORDER'];
/** A value of each type, to try the cells on at load. */
const samples: Record<string, unknown> = { string: '', number: 0, boolean: false, list: [], context: {} };

/** Compiles `table`. Throws TABLE_INVALID naming rule and column when a cell means nothing. */
export function compileTable(table: TableSource): CompiledTable {
  refuseBrokenCells(table);
  const wanted = table.rules.map((rule) => rule.tests.map(literalsOf));
  const engines = new Map<string, RunEngine>();

  /** Rows that the string columns leave over. */
  function candidates(inputs: readonly unknown[]): number[] {
    const rows: number[] = [];
    for (const [row, literals] of wanted.entries())
      if (literals.every((set, column) => set === null || set.has(inputs[column]))) rows.push(row);
    return rows;
  }

  /** An engine for one set of rows; there are few such sets, so they are kept. */
  function engineFor(rows: readonly number[]): RunEngine {
    const key = rows.join();
    let run = engines.get(key);
    if (!run) engines.set(key, (run = oneRunAtATime(newEngine(table, rows))));
    return run;
  }

  return {
    source: table,
    inputsOf: (facts) => table.inputs.map(({ expression }) => inputValue(expression, facts)),
    async decide(inputs) {
      const named = Object.fromEntries(table.inputs.map(({ expression }, column) => [expression, inputs[column]]));
      const rows = candidates(inputs);
      const hits = rows.length === 0 ? [] : await matching(engineFor(rows), inputs, named);
      const outputs = hits.map((row) => outputOf(table, table.rules[row]?.results ?? [], named));
      refuseClash(table, hits, outputs);
      if (listPolicies.includes(table.hitPolicy))
        return { rules: hits.map((row) => row + 1), output: outputs, inputs: named };
      if (hits.length > 0) return { rules: [(hits[0] as number) + 1], output: outputs[0], inputs: named };
      return { rules: [], output: table.defaults && outputOf(table, table.defaults, named), inputs: named };
    },
  };
}

function newEngine(table: TableSource, rows: readonly number[]): Engine {
  const engine = new Engine([], { allowUndefinedFacts: true });
  engine.addOperator('feel', (value: unknown, test: string) => {
    const { input, scope } = value as { input: unknown; scope: Facts };
    return passes(test, input, scope);
  });
  for (const row of rows) {
    const tests = table.rules[row]?.tests ?? [];
    const all = tests.flatMap((test, column) =>
      test === '-' || literalsOf(test) ? [] : [{ fact: `input${column}`, operator: 'feel', value: test }],
    );
    engine.addRule(new Rule({ conditions: { all }, event: { type: 'hit', params: { row } } }));
  }
  return engine;
}

type RunEngine = (facts: Record<string, unknown>) => Promise<EngineResult>;

/** An engine keeps its state in itself: a run that ends makes the runs beside it skip their rules, and answer nothing. */
function oneRunAtATime(engine: Engine): RunEngine {
  let last: Promise<unknown> = Promise.resolve();
  return (facts) => {
    const run = last.then(() => engine.run(facts));
    last = run.catch(() => undefined);
    return run;
  };
}

/** All rows whose conditions hold, lowest first. */
async function matching(run: RunEngine, inputs: readonly unknown[], scope: Facts): Promise<number[]> {
  const facts = Object.fromEntries(inputs.map((input, column) => [`input${column}`, { input, scope }]));
  const { events } = await run(facts);
  return events.map((event) => event.params?.row as number).sort((a, b) => a - b);
}

/** UNIQUE promises that no two rules match; ANY, that all that match say the same. */
function refuseClash(table: TableSource, hits: readonly number[], outputs: readonly unknown[]): void {
  const { hitPolicy } = table;
  const differ = outputs.some((output) => !isDeepStrictEqual(output, outputs[0]));
  const clash = hitPolicy === 'UNIQUE' ? hits.length > 1 : hitPolicy === 'ANY' && differ;
  if (!clash) return;
  const rules = `rules ${hits.map((row) => row + 1).join(' and ')} of the ${hitPolicy} table ${table.id}`;
  const detail = `${rules} match the same inputs${hitPolicy === 'ANY' ? ' and give different outputs' : ''}`;
  throw fault('TABLE_INVALID', { file: table.file, detail });
}

/**
 * Whether an input passes a cell. feelin takes a cell that comes out as null for equal to an input that is null, so
 * `list contains(?, "a")` would match where there is no list: an expression over `?` has to come out as true.
 */
function passes(test: string, input: unknown, scope: Facts): boolean {
  const context = { ...scope, '?': input };
  if (input !== null || !test.includes('?')) return unaryTest(test, context).value === true;
  try {
    return evaluate(test, context).value === true;
  } catch {
    // Several tests with commas between them are no expression.
    return unaryTest(test, context).value === true;
  }
}

function outputOf(table: TableSource, cells: readonly string[], scope: Facts): unknown {
  const values = cells.map((cell) => evaluate(cell, scope).value ?? null);
  if (table.outputs.length === 1) return values[0];
  return Object.fromEntries(table.outputs.map(({ name }, column) => [name, values[column]]));
}

function inputValue(expression: string, facts: Facts): unknown {
  return (Object.hasOwn(facts, expression) ? facts[expression] : evaluate(expression, facts).value) ?? null;
}

/** The strings that a cell compares with, or null where it is more than that. */
function literalsOf(cell: string): ReadonlySet<unknown> | null {
  if (!literalStrings.test(cell)) return null;
  return new Set(cell.match(/"[^"]*"/g)?.map((literal) => literal.slice(1, -1)));
}

/**
 * feelin only warns where a cell means nothing: `gold` without quotes would never match, and nobody would know. So
 * every cell is tried once on a value of its column's type, and a warning is an error.
 */
function refuseBrokenCells(table: TableSource): void {
  const scope = Object.fromEntries(table.inputs.map(({ expression, type }) => [expression, samples[type] ?? null]));
  const refuse = (place: string, column: string, cell: string, problem: string): never => {
    throw fault('TABLE_INVALID', {
      file: table.file,
      detail: `table ${table.id}, ${place}, column ${column}: ${cell}: ${problem}`,
    });
  };
  const attempt = (place: string, column: string, cell: string, run: () => Evaluated) => {
    let outcome: Evaluated;
    try {
      outcome = run();
    } catch (error) {
      return refuse(place, column, cell, (error as Error).message);
    }
    const warning = outcome.warnings.find(({ type }) => meaningless(type));
    if (warning) refuse(place, column, cell, warning.message);
  };

  for (const [column, { expression }] of table.inputs.entries())
    attempt('the heads', String(column + 1), expression || '(none)', () => {
      // Which facts there will be is not known yet, so only the grammar is looked at.
      evaluate(expression, scope);
      return { warnings: [] };
    });
  for (const [row, rule] of table.rules.entries()) {
    const place = `rule ${row + 1}`;
    for (const [column, { expression, type }] of table.inputs.entries()) {
      const cell = rule.tests[column];
      if (cell === undefined) refuse(place, expression, '(none)', 'the rule has no cell for this column');
      else if (cell !== '-')
        attempt(place, expression, cell, () => unaryTest(cell, { ...scope, '?': samples[type] ?? null }));
    }
    for (const [column, { name }] of table.outputs.entries()) {
      const cell = rule.results[column];
      if (cell === undefined || cell === '-') refuse(place, name, '(none)', 'the rule has no value for this output');
      else attempt(place, name, cell, () => evaluate(cell, scope));
    }
  }
  for (const [column, cell] of table.defaults?.entries() ?? [])
    attempt('the defaults', table.outputs[column]?.name ?? '', cell, () => evaluate(cell, scope));
}

interface Evaluated {
  readonly warnings: readonly { readonly message: string; readonly type: string }[];
}

/** Warnings that no value could avoid; the others may come from the sample alone. */
function meaningless(type: string): boolean {
  return type === 'NO_VARIABLE_FOUND' || type === 'NO_FUNCTION_FOUND' || type === 'UNSUPPORTED';
}
