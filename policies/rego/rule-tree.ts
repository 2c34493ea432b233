// Where rules stand in the document `data`: a tree by package and name. A rule whose head goes on with variables stands
// where its constant part ends, and gives a part of the object there.
import { RegoError } from './rego-error.ts';
import type { Module, Rule } from './syntax.ts';
import type { Value } from './values.ts';

export interface PlacedRule {
  readonly rule: Rule;
  readonly module: Module;
}

export interface RuleNode {
  readonly path: readonly Value[];
  readonly children: Map<Value, RuleNode>;
  readonly rules: PlacedRule[];
  readonly kind: 'tree' | 'complete' | 'partial' | 'function';
  /** For a function. */
  readonly arity: number;
}

type Growing = { -readonly [K in keyof RuleNode]: RuleNode[K] };

/** Throws rego_type_error where rules contradict each other. */
export function growTree(rules: readonly PlacedRule[], packages: readonly (readonly string[])[]): RuleNode {
  const node = (path: readonly Value[]): Growing => ({
    path,
    children: new Map(),
    rules: [],
    kind: 'tree',
    arity: 0,
  });
  const root = node([]);
  for (const path of packages) descend(root, path);
  for (const placed of rules) place(placed);
  check(root);
  for (const path of packages) refuseRulesAlong(path);
  return root;

  /** A package cannot lie below a rule: what it holds would be a part of that rule's value. */
  function refuseRulesAlong(path: readonly string[]): void {
    let current: RuleNode | undefined = root;
    for (const step of path) {
      current = current?.children.get(step);
      const rule = current?.rules[0]?.rule;
      if (rule)
        throw new RegoError(
          'rego_type_error',
          `package ${path.join('.')} conflicts with rule data.${current?.path.join('.')}`,
          rule.at,
        );
    }
  }

  function descend(from: Growing, steps: readonly Value[]): Growing {
    let current = from;
    for (const step of steps) {
      const found = current.children.get(step) as Growing | undefined;
      const next = found ?? node([...current.path, step]);
      if (!found) current.children.set(step, next);
      current = next;
    }
    return current;
  }

  function place(placed: PlacedRule): void {
    const { rule, module } = placed;
    const { constant } = splitHead(rule);
    const target = descend(root, [...module.package, ...constant]);
    const kind = rule.args ? 'function' : isPartial(rule) ? 'partial' : 'complete';
    const name = `data.${target.path.join('.')}`;
    const isSet = rule.member !== undefined;
    if (target.rules.some((other) => target.kind !== kind || (other.rule.member !== undefined) !== isSet))
      throw new RegoError('rego_type_error', `conflicting rules ${name} found`, rule.at);
    if (rule.args && target.rules.length > 0 && target.arity !== rule.args.length)
      throw new RegoError(
        'rego_type_error',
        `conflicting rules ${name} found: they take different numbers of arguments`,
        rule.at,
      );
    if (rule.isDefault && target.rules.some((other) => other.rule.isDefault))
      throw new RegoError('rego_type_error', `multiple default rules ${name} found`, rule.at);
    target.kind = kind;
    target.arity = rule.args?.length ?? 0;
    target.rules.push(placed);
  }

  function check(current: Growing): void {
    for (const child of current.children.values()) check(child as Growing);
    const isWhole = current.kind === 'complete' || current.kind === 'function' || current.rules.some(isWholeSet);
    if (isWhole && current.children.size > 0)
      throw new RegoError(
        'rego_type_error',
        `rule data.${current.path.join('.')} conflicts with what stands below it`,
        current.rules[0]!.rule.at,
      );
  }
}

/** The steps of a head up to the first variable, and the rest. A head without value or `contains` but with brackets is an object's. */
export function splitHead(rule: Rule): { constant: Value[]; dynamic: Rule['path'] } {
  const first = rule.path.findIndex((step) => step.kind !== 'constant');
  const end = first < 0 ? rule.path.length : first;
  const constant = rule.path.slice(0, end).map((step) => (step as { value: Value }).value);
  return { constant, dynamic: rule.path.slice(end) };
}

function isPartial(rule: Rule): boolean {
  return rule.member !== undefined || rule.path.some((step) => step.kind !== 'constant');
}

/** A set whose members are all that stands there. */
function isWholeSet({ rule }: PlacedRule): boolean {
  return rule.member !== undefined && rule.path.every((step) => step.kind === 'constant');
}

/** Every node at or below `node`. */
export function* nodesBelow(node: RuleNode): Iterable<RuleNode> {
  yield node;
  for (const child of node.children.values()) yield* nodesBelow(child);
}
