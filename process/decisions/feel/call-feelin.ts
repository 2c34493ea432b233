// Calls a function of feelin's own, for functions that only prepare its arguments or correct its result.
import { evaluate } from 'feelin';

/** The value of `name` for arguments by the names of its parameters; one that is undefined is not handed over. */
export function callFeelin(name: string, parameters: readonly string[], values: readonly unknown[]): unknown {
  const given = parameters.flatMap((parameter, index) =>
    values[index] === undefined ? [] : [{ parameter, variable: `value${index}`, value: values[index] }],
  );
  const named = given.length > 1;
  const text = given.map(({ parameter, variable }) => (named ? `${parameter}: ${variable}` : variable)).join(', ');
  const scope = Object.fromEntries(given.map(({ variable, value }) => [variable, value]));
  return evaluate(`${name}(${text})`, scope).value ?? null;
}

/** Whether `a < b`, `a = b`, … for values of any type. */
export function compare(a: unknown, operator: '<' | '=', b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return operator === '<' ? a < b : a === b;
  return evaluate(`a ${operator} b`, { a, b }).value === true;
}
