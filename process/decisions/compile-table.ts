// Compiles a decision table: cells are FEEL, rows are rules of json-rules-engine. What functions can say of the cells is asked
// first, so that only rows that can still match reach the rules engine.
import { type Cell, compileCell, compileTests } from './feel/cell.ts';
import { compileExpression, type Scope } from './feel/expression.ts';
import { aggregate, newSettle } from './hit-policy.ts';
import { conform, type Types } from './item-types.ts';
import { newMatching } from './match-rules.ts';
import type { TableSource } from './model.ts';

export type Facts = Scope;

/** What a table answered. */
export interface Answer {
  /** Numbers of the rules that fired, from 1. */
  readonly rules: readonly number[];
  /** The single output's value, or an object by output name; a list of those for COLLECT and the ORDER policies. Null: no rule fired. */
  readonly output: unknown;
  /** The table's inputs as they were, by expression. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface CompiledTable {
  readonly source: TableSource;
  /** The table's inputs for these facts, in the order of its columns. */
  inputsOf(facts: Facts): unknown[];
  /**
   * Answers for those inputs; the same inputs always get the same answer. Cells see the inputs by their expressions, or
   * what `scope` holds. Throws TABLE_INVALID where rules clash.
   */
  decide(inputs: readonly unknown[], scope?: Scope): Promise<Answer>;
  /** The same without the rules engine, for functions, which cannot wait. */
  decideNow(inputs: readonly unknown[], scope?: Scope): Answer;
  /** Whether one cell takes its input: to say why a rule did not fire. */
  passes(row: number, column: number, inputs: readonly unknown[], scope?: Scope): boolean;
}

/** Compiles `table`. What its cells mean is looked at in lint-table.ts; one without meaning matches nothing here. */
export function compileTable(table: TableSource, types: Types | null = null): CompiledTable {
  const cells = compileCells(table);
  const results = table.rules.map((rule) => rule.results.map(compileExpression));
  const defaults = table.defaults?.map(compileExpression) ?? null;
  const heads = table.inputs.map(({ expression }) => compileExpression(expression));
  const allowed = table.inputs.map((input) => (input.allowed ? compileTests(input.allowed) : null));
  const outputTypes = types && table.outputs.map(({ type }) => types(type));
  const inputTypes = types && table.inputs.map(({ type }) => types(type));
  const matching = newMatching(table, cells);
  const settle = newSettle(table);

  const namesOf = (inputs: readonly unknown[]): Record<string, unknown> =>
    Object.fromEntries(table.inputs.map(({ expression }, column) => [expression, inputs[column]]));

  const isAllowed = (inputs: readonly unknown[], scope: Scope): boolean =>
    allowed.every((test, column) => test === null || test(inputs[column], scope) === true);

  /** A single output's value, or an object by name. */
  function shape(values: readonly unknown[]): unknown {
    if (table.outputs.length === 1) return values[0] ?? null;
    return Object.fromEntries(table.outputs.map(({ name }, column) => [name, values[column] ?? null]));
  }

  function answer(rows: readonly number[], inputs: readonly unknown[], scope: Scope): Answer {
    const valuesOf = (cells: typeof defaults): unknown[] =>
      (cells ?? []).map((cell, column) => {
        const value = cell(scope);
        const type = outputTypes?.[column];
        return type ? conform(value, type) : value;
      });
    const settled = settle(rows.map((row) => ({ row, outputs: valuesOf(results[row] ?? []) })));
    const rules = settled.hits.map(({ row }) => row + 1);
    const outputs = settled.hits.map((hit) => shape(hit.outputs));
    const given = { rules, inputs: namesOf(inputs) };
    if (table.aggregation && (outputs.length > 0 || !defaults))
      return { ...given, output: aggregate(table.aggregation, outputs) };
    if (outputs.length === 0 && defaults) {
      const otherwise = shape(valuesOf(defaults));
      return { ...given, output: settled.isList && !Array.isArray(otherwise) ? [otherwise] : otherwise };
    }
    return { ...given, output: settled.isList ? outputs : (outputs[0] ?? null) };
  }

  return {
    source: table,
    inputsOf: (facts) =>
      table.inputs.map(({ expression }, column) => {
        const value = (Object.hasOwn(facts, expression) ? facts[expression] : heads[column]?.(facts)) ?? null;
        const type = inputTypes?.[column];
        return type ? conform(value, type) : value;
      }),
    async decide(inputs, scope = namesOf(inputs)) {
      const rows = isAllowed(inputs, scope) ? await matching.rows(inputs, scope) : [];
      return answer(rows, inputs, scope);
    },
    decideNow(inputs, scope = namesOf(inputs)) {
      return answer(isAllowed(inputs, scope) ? matching.rowsNow(inputs, scope) : [], inputs, scope);
    },
    passes(row, column, inputs, scope = namesOf(inputs)) {
      const cell = cells[row]?.[column] ?? null;
      return cell === null || cell.test(inputs[column], scope) === true;
    },
  };
}

/** Equal cells are one, so that a question asks each once. */
function compileCells({ rules }: TableSource): (Cell | null)[][] {
  const known = new Map<string, Cell>();
  const compiled = (text: string): Cell => {
    const cell = known.get(text) ?? compileCell(text);
    known.set(text, cell);
    return cell;
  };
  return rules.map(({ tests }) => tests.map((text) => (text === '-' ? null : compiled(text))));
}
