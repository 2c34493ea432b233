// String functions with regular expressions, which are those of XPath, and `string`, which writes years as FEEL does.
import { FeelDate, FeelDateTime } from 'feelin';
import { callFeelin } from './call-feelin.ts';
import type { OwnFunction } from './own-function.ts';

/** XPath's expression as JavaScript has it, or null where it is none. */
function regularExpression(pattern: string, flags: string): RegExp | null {
  if (/[^smix]/.test(flags) || /\\0/.test(pattern)) return null;
  const text = flags.includes('x') ? withoutBlanks(pattern) : pattern;
  const translated = text
    .replaceAll('\\p{IsBasicLatin}', '[\\x00-\\x7F]')
    // What is taken out of a class: `[A-Z-[OI]]`.
    .replace(/\[([^[\]]+)-\[([^[\]]+)\]\]/g, '[[$1]--[$2]]');
  const mode = translated === text ? 'u' : 'v';
  try {
    return new RegExp(translated, `g${mode}${[...new Set(flags.replace('x', ''))].join('')}`);
  } catch {
    return null;
  }
}

/** Blanks mean nothing under the flag `x`, but for those in a class. */
function withoutBlanks(pattern: string): string {
  return pattern.replace(/\[[^\]]*\]|\s+/g, (part) => (part.startsWith('[') ? part : ''));
}

function matches(input: unknown, pattern: unknown, given: unknown): unknown {
  const flags = given ?? '';
  if (typeof input !== 'string' || typeof pattern !== 'string' || typeof flags !== 'string') return null;
  return regularExpression(pattern, flags)?.test(input) ?? null;
}

function replace(input: unknown, pattern: unknown, replacement: unknown, given: unknown): unknown {
  const flags = given ?? '';
  if (typeof input !== 'string' || typeof pattern !== 'string') return null;
  if (typeof replacement !== 'string' || typeof flags !== 'string') return null;
  const expression = regularExpression(pattern, flags);
  return expression && input.replace(expression, replacement.replaceAll('$0', '$$&'));
}

/** Temporal writes years of other than four digits with six: `-002020` for FEEL's `-2020`. */
function withFeelYear(text: string): string {
  return text.replace(/^([+-])0*(\d{4,})-/, (_, sign: string, year: string) => `${sign === '-' ? '-' : ''}${year}-`);
}

function string(from: unknown): unknown {
  const text = callFeelin('string', ['from'], [from ?? null]);
  return from instanceof FeelDate || from instanceof FeelDateTime ? withFeelYear(String(from)) : text;
}

export const stringFunctions: Readonly<Record<string, OwnFunction>> = {
  matches: [['input', 'pattern', 'flags'], matches],
  replace: [['input', 'pattern', 'replacement', 'flags'], replace],
  string: [['from'], string],
};
