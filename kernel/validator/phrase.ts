// Words for people: what a value is, what was expected, what to try. ajv says the same for programs.
import { closest, distance } from 'fastest-levenshtein';
import type { Misfit } from '../../contracts/check.ts';

export interface Phrase {
  /** What is wrong, with its place as a JSON pointer. */
  readonly detail: string;
  readonly expectation: string;
  readonly hint: string;
  /** The unknown key, where that is what is wrong. */
  readonly unknownKey?: string;
}

/** Puts the most telling of ajv's errors into words. */
export function phrase(misfits: readonly Misfit[]): Phrase {
  const misfit = mostTelling(misfits);
  const place = misfit.instancePath === '' ? 'the top' : misfit.instancePath;
  const parameters = misfit.params as Record<string, unknown>;
  const schema = (misfit.parentSchema ?? {}) as Record<string, unknown>;
  const described = typeof schema.description === 'string' ? firstSentence(schema.description) : '';
  const correct = described ? `${described}` : 'Correct the value.';

  switch (misfit.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const key = String(parameters.additionalProperty ?? parameters.unevaluatedProperty);
      const known = Object.keys((schema.properties ?? {}) as object);
      return {
        detail: `${place} has an unknown key ${quote(key)}`,
        expectation: known.length > 0 ? `Only ${list(known)}` : 'No keys',
        hint: suggestion(key, known) || `Remove ${quote(key)}.`,
        unknownKey: key,
      };
    }
    case 'required':
      return {
        detail: `${place} has no ${quote(String(parameters.missingProperty))}`,
        expectation: `The key ${quote(String(parameters.missingProperty))}`,
        hint: 'Add it.',
      };
    case 'type':
      return {
        detail: `${place} is ${kindOf(misfit.data)}`,
        expectation: article(Array.isArray(parameters.type) ? parameters.type.join(' or ') : String(parameters.type)),
        hint: correct,
      };
    case 'enum': {
      const allowed = (parameters.allowedValues as unknown[]).map(String);
      return {
        detail: `${place} is ${shown(misfit.data)}`,
        expectation: `One of ${list(allowed)}`,
        hint: suggestion(String(misfit.data), allowed) || correct,
      };
    }
    case 'const':
      return {
        detail: `${place} is ${shown(misfit.data)}`,
        expectation: `${shown(parameters.allowedValue)}`,
        hint: correct,
      };
    case 'oneOf':
      if (misfit.instancePath === '' && schema.title === 'Task')
        return {
          detail: 'it has both a tool and a request',
          expectation: 'Either "tool" or "request"',
          hint: 'Remove one of them.',
        };
      return {
        detail: `${place} is ${shown(misfit.data)}`,
        expectation: 'Exactly one of the forms of its schema',
        hint: correct,
      };
    default:
      return { detail: `${place} is ${shown(misfit.data)}`, expectation: capital(`${misfit.message}`), hint: correct };
  }
}

/** "Did you mean …?", when one of `known` is close to `word`; otherwise nothing. */
export function suggestion(word: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  const nearest = closest(word.toLowerCase(), known as string[]);
  const near = distance(word.toLowerCase(), nearest.toLowerCase()) <= Math.max(2, Math.floor(word.length / 3));
  return near ? `Did you mean ${quote(nearest)}?` : '';
}

/** An unknown key tells most; of a oneOf, what its branches say tells more than that none of them fits. */
function mostTelling(misfits: readonly Misfit[]): Misfit {
  const deepest = [...misfits].sort((a, b) => b.instancePath.length - a.instancePath.length);
  return (
    deepest.find(({ keyword }) => keyword === 'additionalProperties') ??
    deepest.find(({ keyword }) => keyword !== 'oneOf' && keyword !== 'anyOf') ??
    (deepest[0] as Misfit)
  );
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return article(typeof value);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function article(noun: string): string {
  return /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`;
}

function list(words: readonly string[]): string {
  return words.length > 12 ? `${words.slice(0, 12).join(', ')}, …` : words.join(', ');
}

function quote(word: string): string {
  return `"${word}"`;
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function firstSentence(text: string): string {
  return /^.*?[.](?=\s|$)/.exec(text)?.[0] ?? text;
}
