// What is wrong with a table before anybody asks it. feelin only warns where a cell means nothing: `gold` without quotes
// would never match, and nobody would know. So a warning at load is an error, with the cell's place.
import { evaluate, unaryTest } from 'feelin';
import { fault } from '../../contracts/errors.ts';
import { unknownNames } from './feel/names.ts';
import { ownFunctionsIn } from './feel/own-functions.ts';
import { findGap } from './lint/gaps.ts';
import { findOverlap } from './lint/overlaps.ts';
import { wrongResult, wrongTest } from './lint/types.ts';
import type { Model, TableSource } from './model.ts';

/** Something wrong with a table. */
export interface Finding {
  readonly table: string;
  /** `rule 2, column size`, `the heads, column 1`, `the defaults, column answer`, `rules 1 and 3`. */
  readonly place: string;
  /** The cell, or null where it is about whole rules. */
  readonly cell: string | null;
  readonly problem: string;
}

/** A value of each type, to try the cells on. */
const samples: Readonly<Record<string, unknown>> = { string: '', number: 0, boolean: false, list: [], context: {} };

/** Refuses the first thing wrong with the tables of `model`. Throws TABLE_INVALID with file, table and cell. */
export function refuseMeaningless(model: Model): void {
  for (const finding of lintModel(model)) throw fault('TABLE_INVALID', { file: model.file, detail: worded(finding) });
}

/** A finding in words: `table retry, rule 2, column code: gold: Variable 'gold' not found`. */
export function worded({ table, place, cell, problem }: Finding): string {
  return [`table ${table}, ${place}`, cell, problem].filter((part) => part !== null).join(': ');
}

/** Everything wrong with the tables that decisions and knowledge models of `model` are. */
export function lintModel(model: Model): Finding[] {
  const required = (references: readonly string[]): string[] =>
    references.map((reference) => nameOf(model, reference)).filter((name) => name !== null);
  return [
    ...model.decisions.flatMap(({ logic, requires }) =>
      logic?.kind === 'table' ? lintTable(typed(logic.table, model), required(requires)) : [],
    ),
    ...model.knowledge.flatMap(({ logic, requires }) =>
      logic?.body?.kind === 'table'
        ? lintTable(typed(logic.body.table, model), [
            ...required(requires),
            ...logic.parameters.map(({ name }) => name),
          ])
        : [],
    ),
  ];
}

/** `table` with what item definitions say of its columns' types: what they stand for, and which values they allow. */
function typed(table: TableSource, model: Model): TableSource {
  const resolve = <Column extends { readonly type: string; readonly allowed: string | null }>(
    column: Column,
  ): Column => {
    const definition = model.items.find(({ name }) => name === column.type);
    if (!definition || definition.isCollection) return column;
    const allowed = column.allowed ?? definition.constraint ?? definition.allowed;
    return { ...column, allowed, type: definition.type ?? 'Any' };
  };
  const inputs = table.inputs.map((input) => {
    const data = model.inputData.find(({ name }) => name === input.expression);
    const own = resolve(input);
    return own.allowed === null && data
      ? { ...own, allowed: resolve({ ...input, type: data.variable.type }).allowed }
      : own;
  });
  return { ...table, inputs, outputs: table.outputs.map(resolve) };
}

/** Everything wrong with `table`, whose cells may use the names of its inputs and `names`. */
export function lintTable(table: TableSource, names: readonly string[] = []): Finding[] {
  const cells = [...headsOf(table), ...cellsOf(table, names)];
  if (cells.length > 0) return cells;
  return [findOverlap(table), findGap(table)]
    .filter((found) => found !== null)
    .map((found) => ({ table: table.id, cell: null, ...found }));
}

function headsOf(table: TableSource): Finding[] {
  return table.inputs.flatMap(({ expression }, column) => {
    // Which facts there will be is not known yet, so only the grammar is looked at.
    const problem = expression === '' ? 'there is no expression' : grammarOf(expression);
    const place = `the heads, column ${column + 1}`;
    return problem ? [{ table: table.id, place, cell: expression || '(none)', problem }] : [];
  });
}

function cellsOf(table: TableSource, names: readonly string[]): Finding[] {
  const known = Object.fromEntries(names.map((name) => [name, null]));
  const scope = {
    ...known,
    ...Object.fromEntries(table.inputs.map(({ expression, type }) => [expression, samples[type] ?? null])),
  };
  const findings: Finding[] = [];
  const report = (place: string, column: string, cell: string, problem: string | null): void => {
    if (problem) findings.push({ table: table.id, place: `${place}, column ${column}`, cell, problem });
  };

  for (const [row, rule] of table.rules.entries()) {
    const place = `rule ${row + 1}`;
    for (const [column, { expression, type }] of table.inputs.entries()) {
      const cell = rule.tests[column];
      if (cell === undefined) report(place, expression, '(none)', 'the rule has no cell for this column');
      else if (cell !== '-') report(place, expression, cell, testProblem(cell, type, scope));
    }
    for (const [column, { name, type }] of table.outputs.entries()) {
      const cell = rule.results[column];
      if (cell === undefined || cell === '-') report(place, name, '(none)', 'the rule has no value for this output');
      else report(place, name, cell, resultProblem(cell, type, scope));
    }
  }
  for (const [column, cell] of table.defaults?.entries() ?? []) {
    const { name, type } = table.outputs[column] ?? { name: '', type: 'Any' };
    report('the defaults', name, cell, resultProblem(cell, type, scope));
  }
  return findings;
}

function testProblem(cell: string, type: string, scope: Readonly<Record<string, unknown>>): string | null {
  const { source, functions } = ownFunctionsIn(cell, 'tests')(scope);
  const context = { ...functions, ...scope, '?': samples[type] ?? null };
  return (
    problemOf(() => unaryTest(source, context).warnings) ??
    unknownNames(source, 'tests', context) ??
    wrongTest(cell, type)
  );
}

function resultProblem(cell: string, type: string, scope: Readonly<Record<string, unknown>>): string | null {
  const { source, functions } = ownFunctionsIn(cell, 'expression')(scope);
  const context = { ...functions, ...scope };
  return (
    problemOf(() => evaluate(source, context).warnings) ??
    unknownNames(source, 'expression', context) ??
    wrongResult(cell, type)
  );
}

function grammarOf(expression: string): string | null {
  return problemOf(() => {
    evaluate(expression, {});
    return [];
  });
}

type Warnings = readonly { readonly message: string; readonly type: string }[];

function problemOf(attempt: () => Warnings): string | null {
  try {
    return attempt().find(({ type }) => meaningless(type))?.message ?? null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Warnings that no value could avoid; the others may come from the sample alone. */
function meaningless(type: string): boolean {
  return type === 'NO_VARIABLE_FOUND' || type === 'NO_FUNCTION_FOUND' || type === 'UNSUPPORTED';
}

function nameOf(model: Model, reference: string): string | null {
  const id = reference.slice(reference.indexOf('#') + 1);
  const all = [...model.inputData, ...model.decisions, ...model.knowledge, ...model.services];
  return all.find((element) => element.id === id)?.name ?? null;
}
