// A rule that needs itself, over however many others, has no value: it is refused.
import { RegoError } from './rego-error.ts';
import { nodesBelow, type RuleNode } from './rule-tree.ts';
import type { Body, Literal, Rule, Term } from './syntax.ts';

/** Throws rego_recursion_error with the way around. */
export function refuseRecursion(root: RuleNode): void {
  const needs = new Map<RuleNode, ReadonlySet<RuleNode>>();
  for (const node of nodesBelow(root))
    if (node.rules.length > 0) needs.set(node, new Set(node.rules.flatMap(({ rule }) => neededBy(rule, root))));
  const done = new Set<RuleNode>();
  for (const node of needs.keys()) visit(node, []);

  function visit(node: RuleNode, way: readonly RuleNode[]): void {
    if (way.includes(node)) {
      const names = [...way.slice(way.indexOf(node)), node].map(({ path }) => `data.${path.join('.')}`);
      throw new RegoError(
        'rego_recursion_error',
        `rule ${names[0]} is recursive: ${names.join(' -> ')}`,
        node.rules[0]!.rule.at,
      );
    }
    if (done.has(node)) return;
    for (const next of needs.get(node) ?? []) visit(next, [...way, node]);
    done.add(node);
  }
}

function neededBy(rule: Rule, root: RuleNode): RuleNode[] {
  const needed: RuleNode[] = [];
  for (const branch of rule.branches) {
    inBody(branch.body);
    inTerm(branch.value);
  }
  for (const term of [...rule.path, ...(rule.args ?? []), ...(rule.member ? [rule.member] : [])]) inTerm(term);
  return needed;

  function inBody(body: Body): void {
    for (const literal of body) inLiteral(literal);
  }

  function inLiteral(literal: Literal): void {
    for (const { value } of literal.withs) inTerm(value);
    if (literal.kind === 'holds') inTerm(literal.term);
    if (literal.kind === 'not') inLiteral(literal.literal);
    if (literal.kind === 'unify' || literal.kind === 'assign') {
      inTerm(literal.left);
      inTerm(literal.right);
    }
    if (literal.kind === 'someIn' || literal.kind === 'every') inTerm(literal.collection);
    if (literal.kind === 'every') inBody(literal.body);
  }

  function inTerm(term: Term): void {
    switch (term.kind) {
      case 'reference':
        if (term.head.kind === 'variable' && term.head.name === 'data') reached(term.path);
        else inTerm(term.head);
        for (const step of term.path) inTerm(step);
        return;
      case 'call':
        inTerm(term.callee);
        for (const arg of term.args) inTerm(arg);
        return;
      case 'array':
      case 'set':
        for (const item of term.items) inTerm(item);
        return;
      case 'object':
        for (const item of term.entries.flat()) inTerm(item);
        return;
      case 'collect':
        inBody(term.body);
        if (term.key) inTerm(term.key);
        return inTerm(term.value);
      case 'template':
        for (const part of term.parts) if (typeof part !== 'string') inLiteral(part);
    }
  }

  /** The rules that a path goes through, and those below where it ends or varies. */
  function reached(path: readonly Term[]): void {
    let places = [root];
    for (const step of path) {
      needed.push(...places.filter(({ rules }) => rules.length > 0));
      places = places.flatMap(({ children }) => {
        if (step.kind !== 'constant') return [...children.values()];
        const child = children.get(step.value);
        return child ? [child] : [];
      });
    }
    for (const place of places) needed.push(...[...nodesBelow(place)].filter(({ rules }) => rules.length > 0));
  }
}
