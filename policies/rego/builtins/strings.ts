import {
  type Builtin,
  type BuiltinContext,
  type Builtins,
  countAt,
  failed,
  itemsAt,
  mistyped,
  numberAt,
  objectAt,
  pure,
  stringAt,
  stringsAt,
} from '../builtin.ts';
import { rounded } from '../decimal.ts';
import type { RegoObject, Value } from '../values.ts';
import { rendered } from './render-template.ts';
import { formatted } from './sprintf.ts';

const spaces = /^[\s\u0085]+|[\s\u0085]+$/gu;

/** Strings in, anything out; pays for their length. */
function text(arity: number, run: (strings: readonly string[]) => Value | undefined): Builtin {
  return pure(arity, (args, { budget }) => {
    const strings = args.map((_, index) => stringAt(args, index + 1));
    budget.spend(strings.reduce((sum, { length }) => sum + length, 0) >> 3);
    return run(strings);
  });
}

function trimmed(value: string, cutset: string, side: 'left' | 'right' | 'both'): string {
  const cut = new Set(cutset);
  const characters = [...value];
  let [start, end] = [0, characters.length];
  if (side !== 'right') while (start < end && cut.has(characters[start] as string)) start++;
  if (side !== 'left') while (end > start && cut.has(characters[end - 1] as string)) end--;
  return characters.slice(start, end).join('');
}

/** Character by character, as Go does it: never two for one, whatever stands beside it. */
function inCase(value: string, change: (character: string) => string): string {
  if (/^[ -~]*$/.test(value)) return change(value);
  return Array.from(value, (character) => {
    const changed = change(character);
    return changed.length > character.length ? (character === 'İ' ? 'i' : character) : changed;
  }).join('');
}

/** A position in UTF-16 units as one in characters. */
function characters(value: string, end: number): number {
  return [...value.slice(0, end)].length;
}

function anyMatch(holds: (value: string, part: string) => boolean): Builtin {
  return pure(2, (args, { budget }) => {
    const [values, parts] = [1, 2].map((position) => {
      const given = args[position - 1] as Value;
      if (typeof given === 'string') return [given];
      itemsAt(args, position, 'one of {string, set, array}');
      return stringsAt(args, position);
    }) as [readonly string[], readonly string[]];
    budget.spend(values.length * parts.length);
    return values.some((value) => parts.some((part) => holds(value, part)));
  });
}

function replacedAll(value: string, from: string, to: string, { budget }: BuiltinContext): string {
  budget.spend(value.length >> 2);
  const found = from === '' ? value.length + 1 : value.split(from).length - 1;
  budget.make(value.length + found * to.length);
  return from === ''
    ? [...['', ...value].map((character) => character + to)].join('')
    : value.replaceAll(from, () => to);
}

function replaceSeveral(pairs: readonly (readonly [string, string])[], value: string, context: BuiltinContext): string {
  let result = '';
  const known = pairs.filter(([from]) => from !== '');
  for (let at = 0; at < value.length; ) {
    context.budget.spend(known.length + 1);
    const pair = known.find(([from]) => value.startsWith(from, at));
    result += pair ? pair[1] : value[at];
    at += pair ? pair[0].length : 1;
  }
  context.budget.make(result.length);
  return result;
}

function pairsOf(patterns: RegoObject): (readonly [string, string])[] {
  return patterns.sorted().map(([from, to]) => {
    if (typeof from !== 'string') throw mistypedPattern('key');
    if (typeof to !== 'string') throw mistypedPattern('value');
    return [from, to] as const;
  });
}

function mistypedPattern(part: string) {
  return mistypedAs(`operand 1 non-string ${part} found in pattern object`);
}

function mistypedAs(message: string) {
  const error = mistyped(1, 'string', '=other');
  return Object.assign(error, { message: `${error.code}: ${message}` });
}

export const strings: Builtins = {
  concat: pure(2, (args, { budget }) => {
    const separator = stringAt(args, 1);
    const parts = stringsAt(args, 2);
    budget.make(parts.reduce((sum, part) => sum + part.length + separator.length, 0));
    return parts.join(separator);
  }),
  contains: text(2, ([value, part]) => value!.includes(part!)),
  startswith: text(2, ([value, part]) => value!.startsWith(part!)),
  endswith: text(2, ([value, part]) => value!.endsWith(part!)),
  lower: text(1, ([value]) => inCase(value!, (character) => character.toLowerCase())),
  upper: text(1, ([value]) => inCase(value!, (character) => character.toUpperCase())),
  split: pure(2, (args, { budget }) => {
    const [value, separator] = [stringAt(args, 1), stringAt(args, 2)];
    budget.make(value.length);
    return separator === '' ? [...value] : value.split(separator);
  }),
  replace: pure(3, (args, context) => replacedAll(stringAt(args, 1), stringAt(args, 2), stringAt(args, 3), context)),
  'strings.replace_n': pure(2, (args, context) => {
    const patterns = objectAt(args, 1);
    return replaceSeveral(pairsOf(patterns), stringAt(args, 2), context);
  }),
  'strings.reverse': text(1, ([value]) => [...value!].reverse().join('')),
  'strings.count': text(2, ([value, part]) => (part === '' ? [...value!].length + 1 : value!.split(part!).length - 1)),
  'strings.any_prefix_match': anyMatch((value, part) => value.startsWith(part)),
  'strings.any_suffix_match': anyMatch((value, part) => value.endsWith(part)),
  indexof: text(2, ([value, part]) => {
    if (part === '') throw failed('empty search character');
    const at = value!.indexOf(part!);
    return at < 0 ? -1 : characters(value!, at);
  }),
  indexof_n: text(2, ([value, part]) => {
    if (part === '') throw failed('empty search character');
    const found: number[] = [];
    for (let at = value!.indexOf(part!); at >= 0; at = value!.indexOf(part!, at + 1))
      found.push(characters(value!, at));
    return found;
  }),
  substring: pure(3, (args, { budget }) => {
    const value = stringAt(args, 1);
    const [start, length] = [countAt(args, 2), countAt(args, 3)];
    if (start < 0) throw failed('negative offset');
    budget.spend(value.length >> 2);
    const all = [...value];
    return all.slice(start, length < 0 ? undefined : start + length).join('');
  }),
  trim: text(2, ([value, cut]) => trimmed(value!, cut!, 'both')),
  trim_left: text(2, ([value, cut]) => trimmed(value!, cut!, 'left')),
  trim_right: text(2, ([value, cut]) => trimmed(value!, cut!, 'right')),
  trim_prefix: text(2, ([value, part]) => (value!.startsWith(part!) ? value!.slice(part!.length) : value!)),
  trim_suffix: text(2, ([value, part]) =>
    part !== '' && value!.endsWith(part!) ? value!.slice(0, -part!.length) : value!,
  ),
  trim_space: text(1, ([value]) => value!.replace(spaces, '')),
  format_int: pure(2, (args) => {
    const base = countAt(args, 2);
    if (![2, 8, 10, 16].includes(base)) throw mistyped(2, 'one of {2, 8, 10, 16}', `=${base}`);
    const number = numberAt(args, 1);
    return BigInt(rounded(number, number < 0 ? 'ceil' : 'floor') as number).toString(base);
  }),
  'strings.render_template': pure(2, (args, { budget }) => rendered(stringAt(args, 1), objectAt(args, 2), budget)),
  sprintf: pure(2, (args, { budget }) => {
    const values = args[1] as Value;
    if (!Array.isArray(values)) throw mistyped(2, 'array', values);
    return formatted(stringAt(args, 1), values as readonly Value[], budget);
  }),
};
