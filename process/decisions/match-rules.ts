// Which rules of a table match. Cells that a function answers are asked first, each text once a question; rows that pass them
// and have cells whose text has to be evaluated anew are rules of json-rules-engine, which costs microseconds a cell. A table
// inside a FEEL function is called by an expression, which cannot wait for the engine's promise: there those cells are asked
// one after the other.
import { Engine, type EngineResult, Rule } from 'json-rules-engine';
import type { Cell } from './feel/cell.ts';
import type { Scope } from './feel/expression.ts';
import type { TableSource } from './model.ts';

export interface Matching {
  /** Numbers of the rules that match, from 0, lowest first; the first one only where the table's policy asks for no more. */
  rows(inputs: readonly unknown[], scope: Scope): Promise<number[]>;
  rowsNow(inputs: readonly unknown[], scope: Scope): number[];
}

/** Cells by row and column; null takes everything. */
type Cells = readonly (readonly (Cell | null)[])[];
type RunEngine = (facts: Record<string, unknown>) => Promise<EngineResult>;

/** A cell in its column, with a number that equal cells of the column share. */
interface Slot {
  readonly cell: Cell;
  readonly column: number;
  readonly number: number;
}

/** What a cell says of its input: null where it has to be evaluated anew. */
type Verdict = boolean | null;
type Ask = (slot: Slot) => Verdict;

/** Engines are kept by the rows that they ask; beyond this many, they are made anew. */
const mostEngines = 500;

export function newMatching(table: TableSource, cells: Cells): Matching {
  const slots = slotsOf(cells);
  const isFirstEnough = table.hitPolicy === 'FIRST';
  const engines = new Map<string, RunEngine>();

  /** Rows that no cell rules out, and those of them that are open: whether they match is for the engine to say. */
  function candidates(ask: Ask): { rows: number[]; open: Set<number> } {
    const rows: number[] = [];
    const open = new Set<number>();
    for (const [row, tests] of slots.entries()) {
      const verdict = all(tests, ask);
      if (verdict === false) continue;
      rows.push(row);
      if (verdict === null) open.add(row);
      else if (isFirstEnough) break;
    }
    return { rows, open };
  }

  function engineFor(rows: Iterable<number>): RunEngine {
    const asked = [...rows];
    const key = asked.join();
    let run = engines.get(key);
    if (!run) {
      if (engines.size >= mostEngines) engines.clear();
      engines.set(key, (run = oneRunAtATime(newEngine(cells, asked))));
    }
    return run;
  }

  return {
    async rows(inputs, scope) {
      const ask = once(({ cell, column }) => cell.quick(inputs[column], scope) ?? null);
      const { rows, open } = candidates(ask);
      if (open.size === 0) return rows;
      const facts = Object.fromEntries(inputs.map((input, column) => [`input${column}`, { input, scope }]));
      const { events } = await engineFor(open)(facts);
      const hits = new Set(events.map((event) => event.params?.row as number));
      return rows.filter((row) => !open.has(row) || hits.has(row));
    },
    rowsNow: (inputs, scope) => candidates(once(({ cell, column }) => cell.test(inputs[column], scope) === true)).rows,
  };
}

/** Equal cells are one object: compile-table.ts sees to that. */
function slotsOf(cells: Cells): Slot[][] {
  const numbers: Map<Cell, number>[] = [];
  let count = 0;
  const slotOf = (cell: Cell, column: number): Slot => {
    const known = (numbers[column] ??= new Map());
    const number = known.get(cell) ?? count++;
    known.set(cell, number);
    return { cell, column, number };
  };
  return cells.map((row) => row.flatMap((cell, column) => (cell === null ? [] : [slotOf(cell, column)])));
}

/** Asks equal cells once. */
function once(ask: Ask): Ask {
  const verdicts: Verdict[] = [];
  return (slot) => {
    const known = verdicts[slot.number];
    return known === undefined ? (verdicts[slot.number] = ask(slot)) : known;
  };
}

/** False where one is false, though others may be open. */
function all(slots: readonly Slot[], ask: Ask): Verdict {
  let whole: Verdict = true;
  for (const slot of slots) {
    const verdict = ask(slot);
    if (verdict === false) return false;
    if (verdict === null) whole = null;
  }
  return whole;
}

function newEngine(cells: Cells, rows: readonly number[]): Engine {
  const engine = new Engine([], { allowUndefinedFacts: true });
  engine.addOperator('passes', (fact: unknown, cell: [row: number, column: number]) => {
    const { input, scope } = fact as { input: unknown; scope: Scope };
    return cells[cell[0]]?.[cell[1]]?.test(input, scope) === true;
  });
  for (const row of rows) {
    const all = (cells[row] ?? []).flatMap((cell, column) =>
      cell === null ? [] : [{ fact: `input${column}`, operator: 'passes', value: [row, column] }],
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
