// Whether two simple patterns (literals, `.`, classes, with `*` and `+`) have a text in common.
import type { Budget } from '../budget.ts';
import { failed } from '../builtin.ts';

interface Token {
  /** Which characters it takes; undefined for any. */
  readonly set: ReadonlySet<string> | undefined;
  readonly repeats: '' | '*' | '+';
}

export function globsIntersect(left: string, right: string, budget: Budget): boolean {
  const [a, b] = [unrolled(tokens(left)), unrolled(tokens(right))];
  const known = new Map<number, boolean>();
  return meet(0, 0);

  /** What is left of both from these positions on. */
  function meet(i: number, j: number): boolean {
    const key = i * (b.length + 1) + j;
    const before = known.get(key);
    if (before !== undefined) return before;
    budget.spend();
    known.set(key, false);
    const result = compute(i, j);
    known.set(key, result);
    return result;
  }

  function compute(i: number, j: number): boolean {
    const [x, y] = [a[i], b[j]];
    if (!x && !y) return true;
    if (x?.repeats === '*' && meet(i + 1, j)) return true;
    if (y?.repeats === '*' && meet(i, j + 1)) return true;
    if (!x || !y || !overlap(x, y)) return false;
    if (x.repeats === '*' && y.repeats === '*') return meet(i + 1, j) || meet(i, j + 1);
    return meet(x.repeats === '*' ? i : i + 1, y.repeats === '*' ? j : j + 1);
  }
}

function overlap({ set: a }: Token, { set: b }: Token): boolean {
  if (!a) return b === undefined || b.size > 0;
  if (!b) return a.size > 0;
  return [...a].some((character) => b.has(character));
}

/** `x+` as `xx*`. */
function unrolled(tokens: readonly Token[]): Token[] {
  return tokens.flatMap((token) =>
    token.repeats === '+'
      ? [
          { ...token, repeats: '' as const },
          { ...token, repeats: '*' as const },
        ]
      : [token],
  );
}

function tokens(pattern: string): Token[] {
  const characters = [...pattern];
  const found: Token[] = [];
  const invalid = (what: string, at: number) =>
    failed(`input:${pattern}, pos:${at}, ${what}: the input provided is invalid`);
  let at = 0;
  while (at < characters.length) {
    const start = at;
    const character = characters[at++] as string;
    let set: ReadonlySet<string> | undefined;
    if (character === '[') set = charClass();
    else if (character === ']') throw invalid("set-close ']' with no preceding '['", start);
    else if (character === '*' || character === '+')
      throw invalid(`flag '${character}' must be preceded by a non-flag`, start);
    else if (character === '\\') {
      if (at >= characters.length) throw invalid('trailing escape', start);
      set = new Set([characters[at++] as string]);
    } else if (character !== '.') set = new Set([character]);
    const flag = characters[at];
    const repeats = flag === '*' || flag === '+' ? flag : '';
    if (repeats) at++;
    found.push({ set, repeats });
  }
  return found;

  function charClass(): ReadonlySet<string> {
    const start = at - 1;
    const set = new Set<string>();
    for (;;) {
      const character = characters[at++];
      if (character === undefined) throw invalid("set-open '[' with no matching ']'", start);
      if (character === ']') return set;
      const from = character === '\\' ? (characters[at++] ?? '') : character;
      if (characters[at] === '-' && characters[at + 1] !== ']' && characters[at + 1] !== undefined) {
        const to = characters[at + 1] as string;
        at += 2;
        if (from > to) throw invalid('range is inverted', at);
        for (let code = from.codePointAt(0)!; code <= to.codePointAt(0)!; code++) set.add(String.fromCodePoint(code));
      } else set.add(from);
    }
  }
}
