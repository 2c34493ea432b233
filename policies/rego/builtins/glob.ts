import { type Builtins, failed, mistyped, pure, stringAt, stringsAt } from '../builtin.ts';
import type { Value } from '../values.ts';
import { compiled } from './regex.ts';

const special = /[\\^$.|?*+()[\]{}]/g;
const maxNesting = 20;

/** A glob as a pattern: `*` and `?` stop at a delimiter, `**` does not. */
function patternOf(glob: string, delimiters: readonly string[]): string {
  const characters = [...glob];
  const classOf = (negated: boolean, items: string) => `[${negated ? '^' : ''}${items}]`;
  const one = delimiters.length > 0 ? classOf(true, delimiters.map(inClass).join('')) : '(?s:.)';
  let at = 0;
  const pattern = sequence(0);
  return `^(?:${pattern})$`;

  function sequence(nesting: number): string {
    let result = '';
    while (at < characters.length) {
      const character = characters[at] as string;
      if (nesting > 0 && (character === ',' || character === '}')) return result;
      at++;
      if (character === '*') {
        const isSuper = characters[at] === '*';
        while (characters[at] === '*') at++;
        result += isSuper ? '(?s:.*)' : `${one}*`;
      } else if (character === '?') result += one;
      else if (character === '\\') result += quoted(characters[at++] ?? '\\');
      else if (character === '[') result += charClass();
      else if (character === '{') result += alternatives(nesting + 1);
      else result += quoted(character);
    }
    if (nesting > 0) throw failed('the alternatives of a glob do not end');
    return result;
  }

  function alternatives(nesting: number): string {
    if (nesting > maxNesting) throw failed('a glob nested too deep');
    const found: string[] = [];
    for (;;) {
      found.push(sequence(nesting));
      if (characters[at++] === '}') return `(?:${found.join('|')})`;
    }
  }

  function charClass(): string {
    const negated = characters[at] === '!';
    if (negated) at++;
    const end = characters.indexOf(']', at);
    if (end < 0) throw failed('a class of a glob does not end');
    const items = characters.slice(at, end);
    at = end + 1;
    if (items.length === 0) throw failed('an empty class in a glob');
    const isRange = items.length === 3 && items[1] === '-';
    return classOf(negated, isRange ? `${inClass(items[0]!)}-${inClass(items[2]!)}` : items.map(inClass).join(''));
  }
}

function inClass(character: string): string {
  return [...character].map((one) => (/[\\\]^[-]/.test(one) ? `\\${one}` : one)).join('');
}

function quoted(character: string): string {
  return character.replace(special, '\\$&');
}

export const glob: Builtins = {
  'glob.match': pure(3, (args, { budget }) => {
    const [pattern, text] = [stringAt(args, 1), stringAt(args, 3)];
    const given = args[1] as Value;
    if (given !== null && !Array.isArray(given)) throw mistyped(2, 'one of {null, array}', given);
    const delimiters = given === null ? [] : given.length === 0 ? ['.'] : stringsAt(args, 2);
    if (delimiters.some((delimiter) => [...delimiter].length !== 1))
      throw failed('glob delimiters must be single characters');
    budget.spend(text.length + pattern.length);
    return compiled(patternOf(pattern, delimiters)).test(text);
  }),
  'glob.quote_meta': pure(1, (args) => stringAt(args, 1).replace(/[*?\\[\]{}]/g, '\\$&')),
};
