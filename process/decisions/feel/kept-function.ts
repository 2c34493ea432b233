// Parses once. feelin parses its text at every evaluation, 20 to 60 µs; but what comes of `function(a, b) a + b` is a
// function whose body has been parsed, and calling it costs a tenth of a microsecond. So the variables that a text speaks of
// become parameters. All others are left out: feelin looks a name through everything that it is handed before it takes it for
// one of its own functions, which costs more than the call.
import { evaluate, FeelFunction } from 'feelin';
import type { Scope } from './exchange-names.ts';
import type { Prepared } from './own-functions.ts';
import { plainForm } from './plain-form.ts';

/** The input of a cell, which FEEL writes `?`. */
export const inputName = 'own_input';

const simpleName = /^[A-Za-z_][A-Za-z0-9_]*$/;
const nameParts = /[\p{L}\p{N}_]+/gu;
// Not names of parameters: FEEL's own words.
const words = new Set(
  'and between context date duration else every external false for function if in instance item list not null of or partial range return satisfies some then time true years months days'.split(
    ' ',
  ),
);
// What is inside of a value may have names that only the value tells.
const looksInside = /\.\s*[\p{L}_`]|[[?]/u;

/** Its value for a scope, and for the input of a cell where it is a cell's. */
export type Kept = (scope: Scope, input?: unknown) => unknown;

/** What a variable is to a text: spoken of, or not, or perhaps, by a name that only a parser can tell. */
type Role = 'named' | 'unnamed' | 'unclear';

/**
 * `prepared` as a function for scopes, parsed once for each choice of variables that there are; null for a scope for which it
 * has to be evaluated as text.
 */
export function keptFunctions({ source, functions }: Prepared): (scope: Scope, input?: unknown) => Kept | null {
  const bare = withoutStrings(source);
  const looks = looksInside.test(bare);
  const named = new Set(bare.match(nameParts));
  const roles = new Map<string, Role>();
  const known = new Map<string, Kept | null>();

  function roleOf(name: string): Role {
    let role = roles.get(name);
    if (role === undefined) {
      const parts = name.match(nameParts);
      const isSimple = simpleName.test(name) && !words.has(name);
      const isNamed = parts === null || parts.some((part) => named.has(part));
      role = isNamed ? (isSimple ? 'named' : 'unclear') : 'unnamed';
      roles.set(name, role);
    }
    return role;
  }

  return (scope, input) => {
    let variables = '';
    if (looks && !hasPlainNames(input)) return null;
    for (const name in scope) {
      const role = roleOf(name);
      if (role === 'unclear') return null;
      if (role === 'unnamed') continue;
      if (looks && !hasPlainNames(scope[name])) return null;
      variables += `${name},`;
    }
    let kept = known.get(variables);
    if (kept === undefined) known.set(variables, (kept = parsed(source, functions, variables.split(',').slice(0, -1))));
    return kept;
  };
}

/** Looking further costs more than parsing. */
const mostLooks = 200;

/** Whether all names inside of a value are such that a text is read the same without it. */
function hasPlainNames(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  const open: object[] = [value];
  for (let looks = 0; open.length > 0; looks++) {
    const each = open.pop() as object;
    const isList = Array.isArray(each);
    // Dates, durations, ranges and functions have properties of FEEL's own names.
    if (!isList && Object.getPrototypeOf(each) !== Object.prototype) return false;
    for (const [name, inner] of Object.entries(each)) {
      if (!isList && (!simpleName.test(name) || words.has(name))) return false;
      if (typeof inner === 'object' && inner !== null) open.push(inner);
      if (looks++ > mostLooks) return false;
    }
  }
  return true;
}

function parsed(source: string, functions: Scope, names: readonly string[]): Kept | null {
  try {
    const { value, warnings } = evaluate(`function(${[...names, inputName].join(', ')}) ${source}`, functions);
    if (!(value instanceof FeelFunction) || value.parameterNames.length !== names.length + 1) return null;
    const plain = plainForm(source, names, inputName);
    return (scope, input) => {
      const known = plain?.(scope, input);
      if (known !== undefined) return known;
      const values: unknown[] = names.map((name) => scope[name] ?? null);
      values.push(input ?? null);
      const result: unknown = value.invoke(values);
      // The function goes on adding to the list that it was made with.
      warnings.length = 0;
      return result;
    };
  } catch {
    return null;
  }
}

const stringLiteral = /"(?:[^"\\]|\\.)*"/g;

function withoutStrings(source: string): string {
  return source.replace(stringLiteral, '""');
}
