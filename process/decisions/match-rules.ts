// Which rules of a table match. Cells of literals are asked first, as plain functions; rows that pass them and have other
// cells are rules of json-rules-engine, which costs microseconds a cell. A table inside a FEEL function is called by an
// expression, which cannot wait for the engine's promise: there those cells are asked one after the other.
import { Engine, type EngineResult, Rule } from 'json-rules-engine';
import type { Scope, Test } from './feel/expression.ts';
import { literalTests } from './feel/literal-tests.ts';
import type { TableSource } from './model.ts';

export interface Matching {
  /** Numbers of the rules that match, from 0, lowest first. */
  rows(inputs: readonly unknown[], scope: Scope): Promise<number[]>;
  rowsNow(inputs: readonly unknown[], scope: Scope): number[];
}

/** Cells by row and column; null takes everything. */
type Cells = readonly (readonly (Test | null)[])[];
type RunEngine = (facts: Record<string, unknown>) => Promise<EngineResult>;

/** Engines are kept by the rows that they ask; beyond this many, they are made anew. */
const mostEngines = 500;

export function newMatching(table: TableSource, cells: Cells): Matching {
  const isLiteral = table.rules.map(({ tests }) => tests.map((cell) => literalTests(cell) !== null));
  const literals = cells.map((row, index) => row.map((test, column) => (isLiteral[index]?.[column] ? test : null)));
  const others = cells.map((row, index) => row.map((test, column) => (isLiteral[index]?.[column] ? null : test)));
  const isWhole = others.map((row) => row.every((test) => test === null));
  const engines = new Map<string, RunEngine>();

  /** Rows that the cells of literals leave over. */
  function candidates(inputs: readonly unknown[], scope: Scope): number[] {
    const rows: number[] = [];
    for (const [row, tests] of literals.entries()) if (allPass(tests, inputs, scope)) rows.push(row);
    return rows;
  }

  function engineFor(rows: readonly number[]): RunEngine {
    const key = rows.join();
    let run = engines.get(key);
    if (!run) {
      if (engines.size >= mostEngines) engines.clear();
      engines.set(key, (run = oneRunAtATime(newEngine(others, rows))));
    }
    return run;
  }

  return {
    async rows(inputs, scope) {
      const rows = candidates(inputs, scope);
      const asked = rows.filter((row) => !isWhole[row]);
      if (asked.length === 0) return rows;
      const facts = Object.fromEntries(inputs.map((input, column) => [`input${column}`, { input, scope }]));
      const { events } = await engineFor(asked)(facts);
      const hits = new Set(events.map((event) => event.params?.row as number));
      return rows.filter((row) => isWhole[row] || hits.has(row));
    },
    rowsNow: (inputs, scope) =>
      candidates(inputs, scope).filter((row) => isWhole[row] || allPass(others[row] ?? [], inputs, scope)),
  };
}

function allPass(tests: readonly (Test | null)[], inputs: readonly unknown[], scope: Scope): boolean {
  for (let column = 0; column < tests.length; column++) {
    const test = tests[column];
    if (test && test(inputs[column], scope) !== true) return false;
  }
  return true;
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
