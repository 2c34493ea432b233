// Why each rule of a table fired or did not.
import type { CompiledTable } from './compile-table.ts';
import type { Scope } from './feel/expression.ts';

export interface RuleReport {
  /** From 1. */
  readonly rule: number;
  /** `matched`: it matches too, but the hit policy chose another. */
  readonly verdict: 'fired' | 'matched' | 'failed';
  /** Cells that do not take their input, from left to right. */
  readonly failed: readonly FailedCell[];
}

export interface FailedCell {
  readonly column: string;
  readonly cell: string;
  readonly input: unknown;
}

/** Every rule of `table` for these inputs; `fired` are the numbers of those that the answer is made of. */
export function explainRules(
  table: CompiledTable,
  inputs: readonly unknown[],
  fired: readonly number[],
  scope?: Scope,
): RuleReport[] {
  return table.source.rules.map((rule, row) => {
    const failed = table.source.inputs.flatMap(({ expression }, column) =>
      table.passes(row, column, inputs, scope)
        ? []
        : [{ column: expression, cell: rule.tests[column] ?? '-', input: inputs[column] ?? null }],
    );
    const verdict = fired.includes(row + 1) ? 'fired' : failed.length === 0 ? 'matched' : 'failed';
    return { rule: row + 1, verdict, failed };
  });
}
