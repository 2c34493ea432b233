// Which variables a term or a literal speaks of.
import type { Body, Literal, Rule, Term } from './syntax.ts';

/** Called for every variable; `inClosure` for those within comprehensions, `every` and template strings. */
type Visit = (name: string, inClosure: boolean) => void;

function visitTerm(term: Term, visit: Visit, inClosure = false): void {
  switch (term.kind) {
    case 'constant':
      return;
    case 'variable':
      return visit(term.name, inClosure);
    case 'reference':
      if (!isDocument(term.head)) visitTerm(term.head, visit, inClosure);
      for (const step of term.path) visitTerm(step, visit, inClosure);
      return;
    case 'call':
      for (const arg of term.args) visitTerm(arg, visit, inClosure);
      return;
    case 'array':
    case 'set':
      for (const item of term.items) visitTerm(item, visit, inClosure);
      return;
    case 'object':
      for (const [key, value] of term.entries) {
        visitTerm(key, visit, inClosure);
        visitTerm(value, visit, inClosure);
      }
      return;
    case 'collect':
      visitBody(term.body, visit, true);
      if (term.key) visitTerm(term.key, visit, true);
      return visitTerm(term.value, visit, true);
    case 'template':
      for (const part of term.parts) if (typeof part !== 'string') visitLiteral(part, visit, true);
  }
}

export function visitBody(body: Body, visit: Visit, inClosure = false): void {
  for (const literal of body) visitLiteral(literal, visit, inClosure);
}

export function visitLiteral(literal: Literal, visit: Visit, inClosure = false): void {
  for (const { value } of literal.withs) visitTerm(value, visit, inClosure);
  switch (literal.kind) {
    case 'some':
      return;
    case 'holds':
      return visitTerm(literal.term, visit, inClosure);
    case 'not':
      return visitLiteral(literal.literal, visit, inClosure);
    case 'unify':
    case 'assign':
      visitTerm(literal.left, visit, inClosure);
      return visitTerm(literal.right, visit, inClosure);
    case 'someIn':
      if (literal.key) visitTerm(literal.key, visit, inClosure);
      visitTerm(literal.value, visit, inClosure);
      return visitTerm(literal.collection, visit, inClosure);
    case 'every':
      visitTerm(literal.collection, visit, inClosure);
      if (literal.key) visitTerm(literal.key, visit, true);
      visitTerm(literal.value, visit, true);
      visitBody(literal.body, visit, true);
  }
}

/** `data` or `input`. */
export function isDocument(term: Term): boolean {
  return term.kind === 'variable' && (term.name === 'data' || term.name === 'input');
}

/** Names of builtins that a `with` replaces anywhere in the rules. */
export function replacedFunctions(rules: readonly Rule[]): Set<string> {
  const names = new Set<string>();
  for (const { branches } of rules)
    for (const { body, value } of branches) for (const part of [body, value]) collect(part);
  return names;

  function collect(part: unknown): void {
    if (Array.isArray(part)) for (const item of part) collect(item);
    else if (typeof part === 'object' && part !== null && 'at' in part) {
      const { withs = [] } = part as { withs?: Literal['withs'] };
      for (const { target } of withs) if (target.kind === 'variable') names.add(target.name);
      for (const item of Object.values(part)) collect(item);
    }
  }
}
