// Which rules of a table match. json-rules-engine evaluates the rows; those that the columns of literal strings rule
// out never reach it. A table inside a FEEL function is called by an expression, which cannot wait for the engine's
// promise: there the same cells are asked one after the other.
import { Engine, type EngineResult, Rule } from 'json-rules-engine';
import type { Scope, Test } from './feel/expression.ts';
import type { TableSource } from './model.ts';

export interface Matching {
  /** Numbers of the rules that match, from 0, lowest first. */
  rows(inputs: readonly unknown[], scope: Scope): Promise<number[]>;
  rowsNow(inputs: readonly unknown[], scope: Scope): number[];
}

/** A cell's test; null takes everything. */
type Cells = readonly (readonly (Test | null)[])[];
type RunEngine = (facts: Record<string, unknown>) => Promise<EngineResult>;

const literalStrings = /^"[^"\\]*"(?:\s*,\s*"[^"\\]*")*$/;

export function newMatching(table: TableSource, cells: Cells): Matching {
  const wanted = table.rules.map((rule) => rule.tests.map(literalsOf));
  // What is looked up is not asked again.
  const asked = cells.map((tests, row) => tests.map((test, column) => (wanted[row]?.[column] ? null : test)));
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
    if (!run) engines.set(key, (run = oneRunAtATime(newEngine(asked, rows))));
    return run;
  }

  return {
    async rows(inputs, scope) {
      const rows = candidates(inputs);
      if (rows.length === 0) return [];
      const facts = Object.fromEntries(inputs.map((input, column) => [`input${column}`, { input, scope }]));
      const { events } = await engineFor(rows)(facts);
      return events.map((event) => event.params?.row as number).sort((a, b) => a - b);
    },
    rowsNow: (inputs, scope) =>
      candidates(inputs).filter((row) =>
        (asked[row] ?? []).every((test, column) => test === null || test(inputs[column], scope) === true),
      ),
  };
}

function newEngine(cells: Cells, rows: readonly number[]): Engine {
  const engine = new Engine([], { allowUndefinedFacts: true });
  engine.addOperator('passes', (fact: unknown, cell: [row: number, column: number]) => {
    const { input, scope } = fact as { input: unknown; scope: Scope };
    return cells[cell[0]]?.[cell[1]]?.(input, scope) === true;
  });
  for (const row of rows) {
    const all = (cells[row] ?? []).flatMap((test, column) =>
      test === null ? [] : [{ fact: `input${column}`, operator: 'passes', value: [row, column] }],
    );
    engine.addRule(new Rule({ conditions: { all }, event: { type: 'hit', params: { row } } }));
  }
  return engine;
}

/** An engine keeps its state in itself: a run that ends makes the runs beside it skip their rules, and answer nothing. */
function oneRunAtATime(engine: Engine): RunEngine {
  let last: Promise<unknown> = Promise.resolve();
  return (facts) => {
    const run = last.then(() => engine.run(facts));
    last = run.catch(() => undefined);
    return run;
  };
}

/** The strings that a cell compares with, or null where it is more than that. */
function literalsOf(cell: string): ReadonlySet<unknown> | null {
  if (!literalStrings.test(cell)) return null;
  return new Set(cell.match(/"[^"]*"/g)?.map((literal) => literal.slice(1, -1)));
}
