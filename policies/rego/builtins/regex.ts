// Regular expressions with Go's syntax, by an engine whose time grows with the text only: never by backtracking.
import { RE2JS } from 're2js';
import { type BuiltinContext, type Builtins, countAt, failed, pure, stringAt } from '../builtin.ts';
import type { Value } from '../values.ts';
import { globsIntersect } from './glob-intersection.ts';

const maxPattern = 10_000;
const kept = new Map<string, RE2JS>();

/** A compiled pattern; the last few hundred are kept. Throws eval_builtin_error for what is no pattern. */
export function compiled(pattern: string): RE2JS {
  const found = kept.get(pattern);
  if (found) return found;
  if (pattern.length > maxPattern) throw failed(`a pattern longer than ${maxPattern} characters`);
  try {
    const regex = RE2JS.compile(pattern);
    if (kept.size >= 200) kept.delete(kept.keys().next().value as string);
    kept.set(pattern, regex);
    return regex;
  } catch (error) {
    throw failed((error as Error).message);
  }
}

/** Each match with its groups; undefined for a group that took no part. */
function matches(
  regex: RE2JS,
  text: string,
  most: number,
  { budget }: BuiltinContext,
): { groups: (string | null)[]; start: number; end: number }[] {
  const found: { groups: (string | null)[]; start: number; end: number }[] = [];
  const matcher = regex.matcher(text);
  while (found.length !== most && matcher.find()) {
    budget.make(1 + matcher.groupCount());
    const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, index) => matcher.group(index));
    found.push({ groups, start: matcher.start(), end: matcher.end() });
  }
  return found;
}

function start(args: readonly Value[], textAt: number, context: BuiltinContext): { regex: RE2JS; text: string } {
  const pattern = stringAt(args, 1);
  const text = stringAt(args, textAt);
  // A thousand times what reading costs: 100 MB is refused before it is looked at.
  context.budget.spend(text.length);
  return { regex: compiled(pattern), text };
}

/** Go's template: $1, ${name}; a letter after a number belongs to the name. */
function expanded(
  template: string,
  groups: readonly (string | null)[],
  names: Readonly<Record<string, number>>,
): string {
  return template.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
    if (whole === '$$') return '$';
    const name = (braced ?? bare) as string;
    const index = /^\d+$/.test(name) ? Number(name) : names[name];
    return index === undefined ? '' : (groups[index] ?? '');
  });
}

const match = pure(2, (args, context) => {
  const { regex, text } = start(args, 2, context);
  return regex.test(text);
});

/** The parts of a template between delimiters are patterns, the rest stands for itself. */
function templatePattern(template: string, open: string, close: string): string {
  if ([...open].length !== 1 || [...close].length !== 1) throw failed('delimiters must be one character each');
  let pattern = '';
  let rest = template;
  for (;;) {
    const from = rest.indexOf(open);
    if (from < 0) break;
    let [depth, to] = [1, from + open.length];
    for (; to < rest.length && depth > 0; to++) depth += rest[to] === close ? -1 : rest[to] === open ? 1 : 0;
    if (depth > 0) throw failed(`unbalanced braces in ${JSON.stringify(template)}`);
    pattern += `${RE2JS.quote(rest.slice(0, from))}(${rest.slice(from + 1, to - 1)})`;
    rest = rest.slice(to);
  }
  if (rest.includes(close)) throw failed(`unbalanced braces in ${JSON.stringify(template)}`);
  return `^${pattern}${RE2JS.quote(rest)}$`;
}

export const regex: Builtins = {
  'regex.match': match,
  re_match: match,
  'regex.is_valid': pure(1, ([pattern]) => {
    if (typeof pattern !== 'string') return false;
    try {
      return compiled(pattern) !== undefined;
    } catch {
      return false;
    }
  }),
  'regex.split': pure(2, (args, context) => {
    const { regex, text } = start(args, 2, context);
    const parts: string[] = [];
    let from = 0;
    for (const { start: at, end } of matches(regex, text, -1, context)) {
      if (end === 0 || (at === end && at >= text.length)) continue;
      parts.push(text.slice(from, at));
      from = end;
    }
    return [...parts, text.slice(from)];
  }),
  'regex.find_n': pure(3, (args, context) => {
    const { regex, text } = start(args, 2, context);
    return matches(regex, text, countAt(args, 3), context).map(({ groups }) => groups[0] as string);
  }),
  'regex.find_all_string_submatch_n': pure(3, (args, context) => {
    const { regex, text } = start(args, 2, context);
    return matches(regex, text, countAt(args, 3), context).map(({ groups }) => groups.map((group) => group ?? ''));
  }),
  'regex.replace': pure(3, (args, context) => {
    const text = stringAt(args, 1);
    const { regex } = start([args[1] as Value, text], 2, context);
    const template = stringAt(args, 3);
    let result = '';
    let from = 0;
    for (const { groups, start: at, end } of matches(regex, text, -1, context)) {
      const replacement = expanded(template, groups, regex.namedGroups());
      result += text.slice(from, at) + replacement;
      context.budget.make(replacement.length);
      from = end;
    }
    return result + text.slice(from);
  }),
  'regex.template_match': pure(4, (args, context) => {
    const pattern = templatePattern(stringAt(args, 1), stringAt(args, 3), stringAt(args, 4));
    const text = stringAt(args, 2);
    context.budget.spend(text.length);
    return compiled(pattern).test(text);
  }),
  'regex.globs_match': pure(2, (args, { budget }) => globsIntersect(stringAt(args, 1), stringAt(args, 2), budget)),
};
