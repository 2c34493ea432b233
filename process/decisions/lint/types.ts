// Cells whose literals are not of their column's type.
import { compileExpression } from '../feel/expression.ts';
import { literalsIn } from '../feel/literal-tests.ts';
import { typeNameOf } from '../feel/values.ts';
import { conform, newTypes } from '../item-types.ts';

const checked: readonly string[] = ['string', 'number', 'boolean'];
const types = newTypes([], () => null);

/** What is wrong with a test of an input of `type`, or null. */
export function wrongTest(cell: string, type: string): string | null {
  if (!checked.includes(type)) return null;
  const wrong = literalsIn(cell)?.find((literal) => literal !== null && typeof literal !== type);
  return wrong === undefined ? null : `the column is a ${type}, and ${JSON.stringify(wrong)} is a ${typeof wrong}`;
}

/** What is wrong with an output of `type` that says the same whatever the inputs, or null. */
export function wrongResult(cell: string, type: string): string | null {
  const value = compileExpression(cell)({});
  if (value === null || conform(value, types(type)) !== null) return null;
  return `the column is a ${type}, and this is a ${typeNameOf(value)}`;
}
