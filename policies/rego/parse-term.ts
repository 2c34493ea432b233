// Terms and literals: everything that stands within a rule. Infix operators become calls of the builtins that they name.

import type { Token } from './lexer.ts';
import { RegoError } from './rego-error.ts';
import type { Body, Literal, Term, With } from './syntax.ts';
import { TokenStream } from './token-stream.ts';
import { parseNumber, RegoSet, type Value } from './values.ts';

type Infix = Readonly<Record<string, string>>;
const relations: Infix = { '==': 'equal', '!=': 'neq', '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte' };
const levels: readonly Infix[] = [
  relations,
  { '|': 'or' },
  { '&': 'and' },
  { '+': 'plus', '-': 'minus' },
  { '*': 'mul', '/': 'div', '%': 'rem' },
];
const words: Readonly<Record<string, Value>> = { true: true, false: false, null: null };
const maxDepth = 200;

export interface TermParser {
  term(): Term;
  /** A name with what follows it, arguments included. */
  reference(): Term;
  literal(): Literal;
  /** Literals up to `close`, which is read too. */
  bodyUntil(close: string): Body;
}

export function termParser(tokens: TokenStream): TermParser {
  let depth = 0;
  let barEnds = false;
  return { term, reference: () => postfix(named()), literal, bodyUntil };

  function deeper<T>(parse: () => T): T {
    if (++depth > maxDepth) throw new RegoError('rego_parse_error', `nested deeper than ${maxDepth}`, tokens.location);
    try {
      return parse();
    } finally {
      depth--;
    }
  }

  /** With `|` as the operator, or as what ends the head of a comprehension. */
  function withBar<T>(ends: boolean, parse: () => T): T {
    const before = barEnds;
    barEnds = ends;
    try {
      return parse();
    } finally {
      barEnds = before;
    }
  }

  function term(): Term {
    return deeper(() => memberships(infix(0)));
  }

  function memberships(first: Term): Term {
    let left = first;
    while (tokens.isWord('in')) {
      const at = tokens.take().location;
      left = call('internal.member_2', [left, infix(0)], at);
    }
    return left;
  }

  /** `key, value in collection`, from the comma on. */
  function keyedMembership(key: Term): Term {
    const value = infix(0);
    const at = tokens.location;
    tokens.expectWord('in');
    return memberships(call('internal.member_3', [key, value, infix(0)], at));
  }

  function call(name: string, args: readonly Term[], at: Term['at']): Term {
    return { kind: 'call', callee: { kind: 'variable', name, at }, args, at, infix: true };
  }

  function infix(level: number): Term {
    const operators = levels[level];
    if (!operators) return postfix(primary());
    let left = infix(level + 1);
    while (tokens.next.kind === 'symbol' && operators[tokens.next.text] && !(barEnds && tokens.next.text === '|')) {
      const { text, location: at } = tokens.take();
      left = call(operators[text] as string, [left, infix(level + 1)], at);
    }
    return left;
  }

  function postfix(start: Term): Term {
    let current = start;
    for (;;) {
      const { location: at, glued } = tokens.next;
      if (!glued) return current;
      if (tokens.takeSymbol('.')) current = extended(current, { kind: 'constant', value: tokens.expectName(), at });
      else if (tokens.takeSymbol('[')) {
        current = extended(current, withBar(false, term));
        tokens.expectSymbol(']');
      } else if (isCallable(current) && tokens.takeSymbol('(')) {
        const args = withBar(false, () => listUntil(')'));
        const isEmptySet = current.kind === 'variable' && current.name === 'set' && args.length === 0;
        current = isEmptySet
          ? { kind: 'constant', value: new RegoSet(), at }
          : { kind: 'call', callee: current, args, at: current.at };
      } else return current;
    }
  }

  function isCallable(callee: Term): boolean {
    return callee.kind === 'variable' || (callee.kind === 'reference' && callee.head.kind === 'variable');
  }

  function extended(head: Term, step: Term): Term {
    if (head.kind === 'reference') return { ...head, path: [...head.path, step] };
    return { kind: 'reference', head, path: [step], at: head.at };
  }

  function listUntil(close: string): Term[] {
    const items: Term[] = [];
    while (!tokens.takeSymbol(close)) {
      items.push(term());
      if (!tokens.isSymbol(close)) tokens.expectSymbol(',');
    }
    return items;
  }

  function named(): Term {
    const at = tokens.location;
    if (tokens.isKeyword()) tokens.refuse(`${tokens.next.text} is a keyword`);
    return { kind: 'variable', name: tokens.expectName(), at };
  }

  function primary(): Term {
    const { kind, text, location: at, parts } = tokens.next;
    if (kind === 'string') return { kind: 'constant', value: tokens.take().text, at };
    if (kind === 'number') return { kind: 'constant', value: numeral(tokens.take(), ''), at };
    if (kind === 'template') {
      tokens.take();
      return { kind: 'template', parts: (parts ?? []).map(templatePart), at };
    }
    if (kind === 'name') {
      if (Object.hasOwn(words, text) && tokens.isKeyword()) {
        tokens.take();
        return { kind: 'constant', value: words[text] as Value, at };
      }
      return named();
    }
    if (tokens.takeSymbol('-')) {
      if (tokens.next.kind !== 'number' || !tokens.next.glued) tokens.refuse('expected a number');
      return { kind: 'constant', value: numeral(tokens.take(), '-'), at };
    }
    if (tokens.takeSymbol('(')) return withBar(false, parenthesised);
    if (tokens.takeSymbol('[')) return withBar(false, array);
    if (tokens.takeSymbol('{')) return withBar(false, braced);
    return tokens.refuse('expected a term');
  }

  function numeral({ text, location }: Token, sign: string): Value {
    const value = parseNumber(sign + text);
    if (value === undefined || (value === 0 && /[1-9]/.test(text.replace(/e.*/i, ''))))
      throw new RegoError('rego_parse_error', `${text.slice(0, 40)} is no number that can be held`, location);
    return value;
  }

  function templatePart(part: string | readonly Token[]): string | Literal {
    if (typeof part === 'string') return part;
    const inner = new TokenStream(part);
    const literal = deeper(() => termParser(inner).literal());
    if (inner.next.kind !== 'end') inner.refuse('expected }');
    return literal;
  }

  function parenthesised(): Term {
    const first = term();
    if (tokens.takeSymbol(',')) {
      const member = keyedMembership(first);
      tokens.expectSymbol(')');
      return member;
    }
    tokens.expectSymbol(')');
    return first;
  }

  function array(): Term {
    const at = tokens.location;
    if (tokens.takeSymbol(']')) return { kind: 'array', items: [], at };
    const first = withBar(true, term);
    if (tokens.takeSymbol('|')) return { kind: 'collect', into: 'array', value: first, body: bodyUntil(']'), at };
    return { kind: 'array', items: restOfList(first, ']'), at };
  }

  function restOfList(first: Term, close: string): Term[] {
    if (tokens.takeSymbol(close)) return [first];
    tokens.expectSymbol(',');
    return [first, ...listUntil(close)];
  }

  function braced(): Term {
    const at = tokens.location;
    if (tokens.takeSymbol('}')) return { kind: 'object', entries: [], at };
    const first = withBar(true, term);
    if (tokens.takeSymbol('|')) return { kind: 'collect', into: 'set', value: first, body: bodyUntil('}'), at };
    if (!tokens.takeSymbol(':')) return { kind: 'set', items: restOfList(first, '}'), at };
    const value = withBar(true, term);
    if (tokens.takeSymbol('|')) return { kind: 'collect', into: 'object', key: first, value, body: bodyUntil('}'), at };
    const entries: [Term, Term][] = [[first, value]];
    while (!tokens.takeSymbol('}')) {
      tokens.expectSymbol(',');
      if (tokens.takeSymbol('}')) break;
      const key = term();
      tokens.expectSymbol(':');
      entries.push([key, term()]);
    }
    return { kind: 'object', entries, at };
  }

  function bodyUntil(close: string): Body {
    return deeper(() =>
      withBar(false, () => {
        const body: Literal[] = [literal()];
        while (!tokens.takeSymbol(close)) {
          const separated = tokens.takeSymbol(';') || tokens.location.row > tokens.lastRow;
          if (tokens.takeSymbol(close)) break;
          if (!separated) tokens.refuse(`expected ; or a new line or ${close}`);
          body.push(literal());
        }
        return body;
      }),
    );
  }

  function literal(): Literal {
    const at = tokens.location;
    const bare = tokens.takeWord('not') ? negated(at) : expression([]);
    const withs: With[] = [];
    while (tokens.isWord('with')) {
      const { location } = tokens.take();
      const target = postfix(named());
      tokens.expectWord('as');
      withs.push({ target, value: term(), at: location });
    }
    return { ...bare, withs };
  }

  function negated(at: Literal['at']): Literal {
    for (const word of ['some', 'every'])
      if (tokens.isWord(word)) throw new RegoError('rego_parse_error', `not cannot stand before ${word}`, at);
    return { kind: 'not', literal: expression([]), withs: [], at };
  }

  function expression(withs: readonly With[]): Literal {
    const at = tokens.location;
    if (tokens.isWord('some')) return some(withs);
    if (tokens.isWord('every')) return every(withs);
    const left = term();
    if (tokens.takeSymbol(':=')) return { kind: 'assign', left, right: term(), withs, at };
    if (tokens.takeSymbol('=')) return { kind: 'unify', left, right: term(), withs, at };
    if (!barEnds && tokens.takeSymbol(',')) return { kind: 'holds', term: keyedMembership(left), withs, at };
    return { kind: 'holds', term: left, withs, at };
  }

  function some(withs: readonly With[]): Literal {
    const at = tokens.take().location;
    const terms = [infix(0)];
    while (tokens.takeSymbol(',')) terms.push(infix(0));
    if (tokens.takeWord('in')) {
      if (terms.length > 2) tokens.refuse('some takes a key and a value at most', at);
      const value = terms.at(-1) as Term;
      const collection = term();
      return { kind: 'someIn', ...(terms.length === 2 && { key: terms[0] as Term }), value, collection, withs, at };
    }
    const names = terms.map((declared) =>
      declared.kind === 'variable' ? declared.name : tokens.refuse('some declares variables', declared.at),
    );
    return { kind: 'some', names, withs, at };
  }

  function every(withs: readonly With[]): Literal {
    const at = tokens.take().location;
    const first = infix(0);
    const second = tokens.takeSymbol(',') ? infix(0) : undefined;
    tokens.expectWord('in');
    const collection = term();
    tokens.expectSymbol('{');
    const body = bodyUntil('}');
    return { kind: 'every', ...(second && { key: first }), value: second ?? first, collection, body, withs, at };
  }
}
