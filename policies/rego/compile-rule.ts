// Rules to functions: what a complete rule, a partial one or a function gives.
import { type BodyCompiler, bodyCompiler } from './compile-body.ts';
import { type Linker, unified } from './compiling.ts';
import type { CompiledNode, Documents, Evaluate, Frame, Step } from './evaluation.ts';
import { RegoError } from './rego-error.ts';
import { type PlacedRule, type RuleNode, splitHead } from './rule-tree.ts';
import type { Branch, Term } from './syntax.ts';
import { equal, keyOf, RegoObject, RegoSet, type Value } from './values.ts';

interface CompiledBranch {
  readonly step: Step;
  readonly slots: number;
  readonly value: Evaluate;
  readonly path: readonly Evaluate[];
  readonly member: Evaluate | undefined;
  /** One solution is as good as all. */
  readonly isConstant: boolean;
}

const emptySet = new RegoSet();

interface CompiledRule {
  readonly placed: PlacedRule;
  readonly label: string;
  readonly branches: readonly [CompiledBranch, ...CompiledBranch[]];
}

/** The tree with its rules still uncompiled; `compile` does that, once every node can be found. */
export function compiledTree(node: RuleNode): { root: CompiledNode; compile(linker: Linker): void } {
  const pending: ((linker: Linker) => void)[] = [];
  const root = grow(node);
  return {
    root,
    compile(linker) {
      for (const compile of pending) compile(linker);
    },
  };

  function grow(from: RuleNode): CompiledNode {
    const children = new Map([...from.children].map(([key, child]) => [key, grow(child)] as const));
    const rules: CompiledRule[] = [];
    const defaults: CompiledRule[] = [];
    pending.push((linker) => {
      for (const placed of from.rules)
        (placed.rule.isDefault ? defaults : rules).push(compileRule(placed, from, linker));
    });
    const { kind, arity, path } = from;
    const name = ['data', ...path].join('.');
    const single = (args: readonly Value[], at: Documents) => {
      const value = singleValue(rules, args, at);
      return value === undefined ? singleValue(defaults, args, at) : value;
    };
    return {
      kind,
      arity,
      name,
      children,
      complete: (at) => single([], at),
      call: single,
      partial: (at, below) => gather(rules, at, below),
    };
  }
}

function compileRule(placed: PlacedRule, node: RuleNode, linker: Linker): CompiledRule {
  const { rule, module } = placed;
  const annotations = [
    { path: node.path, scope: 'rule', value: rule.annotations },
    { path: module.package, scope: 'package', value: module.packageAnnotations },
  ];
  const { dynamic } = splitHead(rule);
  const { file, row } = rule.at;
  return {
    placed,
    label: `${['data', ...node.path].join('.')} (${file}:${row})`,
    branches: rule.branches.map(branch) as [CompiledBranch, ...CompiledBranch[]],
  };

  function branch({ value, body }: Branch): CompiledBranch {
    const compiler = bodyCompiler(linker, annotations);
    const args = (rule.args ?? []).map((arg, index): Term => {
      compiler.slot(`%arg${index}`);
      return arg;
    });
    const bound = new Set(args.map((_, index) => `%arg${index}`));
    const given = args.map((arg, index) => unified({ kind: 'variable', name: `%arg${index}`, at: arg.at }, arg));
    const head = [value, ...dynamic, ...(rule.member ? [rule.member] : [])];
    const computed = head.map((term, index) => unified({ kind: 'variable', name: `%head${index}`, at: term.at }, term));
    const constants = head.map((term) => term.kind === 'constant');
    const step = compiler.compile([...given, ...body, ...computed.filter((_, index) => !constants[index])], bound);
    const evaluate = (term: Term, index: number) => read(compiler, term, index);
    const [headValue, ...rest] = head.map(evaluate) as [Evaluate, ...Evaluate[]];
    return {
      step,
      slots: compiler.size(),
      value: headValue,
      path: rest.slice(0, dynamic.length),
      member: rule.member ? rest.at(-1) : undefined,
      isConstant: constants.every(Boolean),
    };
  }
}

function read(compiler: BodyCompiler, term: Term, index: number): Evaluate {
  if (term.kind === 'constant') return () => term.value;
  const slot = compiler.slot(`%head${index}`);
  return (frame) => frame.slots[slot];
}

/** The one value that all rules agree on. Throws eval_conflict_error. */
function singleValue(rules: readonly CompiledRule[], args: readonly Value[], at: Documents): Value | undefined {
  let result: Value | undefined;
  for (const rule of rules)
    for (const branch of rule.branches) {
      const slots = new Array<Value | undefined>(branch.slots);
      for (let index = 0; index < args.length; index++) slots[index] = args[index];
      const value = solution(rule, branch, { slots, at }, result);
      if (value === undefined) continue;
      result = value;
      at.run.fired?.add(rule.label);
      break;
    }
  return result;
}

/** What a branch gives in all its solutions, if that is also what was found `before`; undefined where it has none. */
function solution(
  rule: CompiledRule,
  { step, value, isConstant }: CompiledBranch,
  frame: Frame,
  before: Value | undefined,
): Value | undefined {
  if (step.test) return step.test(frame) ? agreed(rule, before, value(frame) as Value) : undefined;
  let result: Value | undefined;
  step(frame, () => {
    result = agreed(rule, result ?? before, value(frame) as Value);
    return isConstant;
  });
  return result;
}

function agreed(rule: CompiledRule, before: Value | undefined, value: Value): Value {
  if (before !== undefined && !equal(before, value)) throw conflict(rule);
  return value;
}

function conflict({ placed: { rule } }: CompiledRule): RegoError {
  const what = rule.args
    ? 'functions must not produce multiple outputs for same inputs'
    : 'complete rules must not produce multiple outputs';
  return new RegoError('eval_conflict_error', what, rule.at);
}

/** Object keys to values, to further keys, or to the members of a set. */
class Gathered {
  readonly entries = new Map<unknown, [Value, Value | Gathered | Set<Value>]>();

  below(key: Value, rule: CompiledRule): Gathered {
    return this.#under(
      key,
      () => new Gathered(),
      (found) => found instanceof Gathered,
      rule,
    ) as Gathered;
  }

  members(key: Value, rule: CompiledRule): Set<Value> {
    return this.#under(
      key,
      () => new Set<Value>(),
      (found) => found instanceof Set,
      rule,
    ) as Set<Value>;
  }

  put(key: Value, value: Value, rule: CompiledRule): void {
    const index = keyOf(key);
    const found = this.entries.get(index)?.[1];
    if (found === undefined) this.entries.set(index, [key, value]);
    else if (found instanceof Set || !equal(found instanceof Gathered ? found.value() : found, value))
      throw notUnique(rule);
  }

  #under(key: Value, make: () => Gathered | Set<Value>, fits: (found: unknown) => boolean, rule: CompiledRule) {
    const index = keyOf(key);
    const found = this.entries.get(index);
    if (found && !fits(found[1])) throw notUnique(rule);
    if (!found) this.entries.set(index, [key, make()]);
    return this.entries.get(index)![1];
  }

  value(): Value {
    return new RegoObject(
      [...this.entries.values()].map(([key, item]) => {
        const value = item instanceof Gathered ? item.value() : item instanceof Set ? new RegoSet(item) : item;
        return [key, value] as const;
      }),
    );
  }
}

/** What stands at a constant key, so that rules can still add below it, and to a set that rules gathered. */
function open(value: Value, node: CompiledNode | undefined): Value | Gathered | Set<Value> {
  if (value instanceof RegoSet && node?.kind === 'partial') return new Set(value.sorted());
  if (!(value instanceof RegoObject)) return value;
  const gathered = new Gathered();
  for (const [key, item] of value.entries())
    gathered.entries.set(keyOf(key), [key, open(item, node?.children.get(key))]);
  return gathered;
}

function notUnique({ placed }: CompiledRule): RegoError {
  return new RegoError('eval_conflict_error', 'object keys must be unique', placed.rule.at);
}

/** What the rules of one place add up to: a set, or an object. */
function gather(
  rules: readonly CompiledRule[],
  at: Documents,
  below: readonly (readonly [Value, Value, CompiledNode])[],
): Value {
  const isSet = below.length === 0 && rules.every(({ branches: [{ member, path }] }) => member && path.length === 0);
  if (isSet) return gatherSet(rules, at);
  const gathered = new Gathered();
  for (const [key, value, node] of below) gathered.entries.set(keyOf(key), [key, open(value, node)]);
  eachSolution(rules, at, (rule, { path, member, value }, frame) => {
    const keys = path.map((step) => step(frame) as Value);
    const last = keys.pop() as Value;
    let target = gathered;
    for (const key of keys) target = target.below(key, rule);
    if (member) target.members(last, rule).add(member(frame) as Value);
    else target.put(last, value(frame) as Value, rule);
  });
  return gathered.value();
}

function gatherSet(rules: readonly CompiledRule[], at: Documents): RegoSet {
  const members: Value[] = [];
  eachSolution(rules, at, (_rule, { member }, frame) => members.push(member!(frame) as Value));
  return members.length === 0 ? emptySet : new RegoSet(members);
}

/** A rule's elses are tried only where its own body and those before have no solution. */
function eachSolution(
  rules: readonly CompiledRule[],
  at: Documents,
  add: (rule: CompiledRule, branch: CompiledBranch, frame: Frame) => void,
): void {
  for (const rule of rules)
    for (const branch of rule.branches) {
      if (!solutions(rule, branch, at, add)) continue;
      at.run.fired?.add(rule.label);
      break;
    }
}

/** Whether there were any. */
function solutions(
  rule: CompiledRule,
  branch: CompiledBranch,
  at: Documents,
  add: (rule: CompiledRule, branch: CompiledBranch, frame: Frame) => void,
): boolean {
  const frame = { slots: new Array<Value | undefined>(branch.slots), at };
  let matched = false;
  const { step } = branch;
  if (!step.test)
    step(frame, () => {
      matched = true;
      at.run.budget.make(1);
      add(rule, branch, frame);
      return false;
    });
  else if (step.test(frame)) {
    matched = true;
    at.run.budget.make(1);
    add(rule, branch, frame);
  }
  return matched;
}
