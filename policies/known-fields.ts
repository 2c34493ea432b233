// Refuses policies that read what can never be there: a field that no fact has, a rule that no policy has. Such a reading is
// undefined, so that the rule it stands in is silent for ever, and `not` holds for it.
//
// What a variable stands for is followed as far as it is plain: through `some x in …`, `:=`, sets and rules. Where it is not,
// as for arguments of functions, nothing is refused here.
import type { Shape } from './facts.ts';
import { literalsIn, literalsOf, ownTerms, termsIn } from './rego/parts-of.ts';
import type { Program } from './rego/program.ts';
import { RegoError } from './rego/rego-error.ts';
import type { PlacedRule, RuleNode } from './rego/rule-tree.ts';
import type { Branch, Literal, Term, TermOf } from './rego/syntax.ts';

/** Of variables: what they stand for. */
type Known = Map<string, Shape>;

/** Throws RegoError with the place. `facts` is the shape of the input. */
export function refuseUnknownFields({ rules, tree }: Pick<Program, 'rules' | 'tree'>, facts: Shape): void {
  const found = new Map<RuleNode, Shape>();
  for (const placed of rules)
    for (const branch of placed.rule.branches) {
      const known = learned(placed, branch);
      for (const term of termsOf(placed, branch))
        if (term.kind === 'reference') followed(term, known, (at, message) => refuse(at, message));
    }

  /** Until nothing is learned any more: literals stand in any order. */
  function learned(placed: PlacedRule, branch: Branch): Known {
    const known: Known = new Map();
    const literals = literalsOfBranch(placed, branch);
    for (let before = -1; before < known.size; ) {
      before = known.size;
      for (const literal of literals) learn(literal, known);
    }
    return known;
  }

  function learn(literal: Literal, known: Known): void {
    if (literal.kind === 'someIn' || literal.kind === 'every') {
      const shape = shapeOf(literal.collection, known);
      if (typeof shape === 'object' && 'items' in shape) bind(literal.value, shape.items, known);
    }
    if (literal.kind !== 'unify' && literal.kind !== 'assign') return;
    bind(literal.left, shapeOf(literal.right, known), known);
    bind(literal.right, shapeOf(literal.left, known), known);
  }

  function bind(pattern: Term, shape: Shape, known: Known): void {
    if (pattern.kind === 'variable' && shape !== 'any' && !known.has(pattern.name)) known.set(pattern.name, shape);
  }

  function shapeOf(term: Term, known: Known): Shape {
    if (term.kind === 'variable') return known.get(term.name) ?? 'any';
    if (term.kind === 'reference') return followed(term, known, () => undefined);
    if (term.kind !== 'collect' || term.into === 'object') return 'any';
    return { items: shapeOf(term.value, known), isSet: term.into === 'set' };
  }

  /** What a reference leads to; `miss` is told where that is nothing. */
  function followed(term: TermOf<'reference'>, known: Known, miss: (at: Term, message: string) => void): Shape {
    const { head, path } = term;
    if (head.kind !== 'variable') return 'any';
    if (head.name !== 'data') {
      const start = head.name === 'input' ? facts : (known.get(head.name) ?? 'any');
      return along(start, path, (index, message) => miss(term, `undefined ref: ${textOf(term, index)}${message}`));
    }
    let node = tree;
    let index = 0;
    for (; node.rules.length === 0 && index < path.length; index++) {
      const step = path[index] as Term;
      if (step.kind !== 'constant') return 'any';
      const next = node.children.get(step.value);
      if (!next) {
        miss(term, `undefined ref: ${textOf(term, index)}`);
        return 'any';
      }
      node = next;
    }
    const rest = path.slice(index);
    return along(shapeOfRules(node), rest, (at, message) =>
      miss(term, `undefined ref: ${textOf(term, index + at)}${message}`),
    );
  }

  function shapeOfRules(node: RuleNode): Shape {
    const before = found.get(node);
    if (before) return before;
    found.set(node, 'any');
    const isSet = node.rules.every(({ rule }) => rule.member && rule.path.every(({ kind }) => kind === 'constant'));
    const shapes = node.rules.flatMap((placed) =>
      placed.rule.branches.map((branch) => shapeOf(placed.rule.member ?? branch.value, learned(placed, branch))),
    );
    const [first = 'any'] = shapes;
    const one = shapes.every((shape) => shape === first) ? first : 'any';
    const isPlain = node.kind === 'complete' || (isSet && node.rules.length > 0);
    const shape: Shape = !isPlain ? 'any' : isSet ? { items: one, isSet } : one;
    found.set(node, shape);
    return shape;
  }
}

/** Where a path leads from a shape. `miss` gets the index of the step that leads nowhere. */
function along(start: Shape, path: readonly Term[], miss: (index: number, message: string) => void): Shape {
  let shape = start;
  for (const [index, step] of path.entries()) {
    if (shape === 'any') return 'any';
    const key = step.kind === 'constant' ? step.value : undefined;
    if (shape === 'leaf') {
      if (key !== undefined) miss(index, ': a text, number or boolean has no fields');
      return 'any';
    }
    if ('items' in shape) {
      if (!shape.isSet && key !== undefined && typeof key !== 'number') miss(index, ': a list has no fields');
      shape = shape.items;
    } else if (key === undefined) return 'any';
    else if (typeof key === 'string' && Object.hasOwn(shape.fields, key)) shape = shape.fields[key] as Shape;
    else {
      miss(index, `: there is ${Object.keys(shape.fields).join(', ')}`);
      return 'any';
    }
  }
  return shape;
}

function literalsOfBranch(placed: PlacedRule, branch: Branch): Literal[] {
  return [...literalsIn(branch.body), ...headTerms(placed, branch).flatMap((term) => [...literalsOf(term)])].filter(
    isAboutFacts,
  );
}

function termsOf(placed: PlacedRule, branch: Branch): Term[] {
  const terms = [...headTerms(placed, branch), ...literalsOfBranch(placed, branch).flatMap(ownTerms)];
  return terms.flatMap((term) => [...termsIn(term)]);
}

function headTerms({ rule }: PlacedRule, { value }: Branch): Term[] {
  return [value, ...rule.path, ...(rule.args ?? []), ...(rule.member ? [rule.member] : [])];
}

/** Where `with` puts something in the place of the input or of data, anything may be there. */
function isAboutFacts({ withs }: Literal): boolean {
  return withs.every(({ target }) => target.kind !== 'reference');
}

function textOf({ head, path }: TermOf<'reference'>, last: number): string {
  const name = head.kind === 'variable' ? head.name.replace(/#\d+$/, '') : '…';
  const steps = path.slice(0, last + 1).map((step) => (step.kind === 'constant' ? `.${String(step.value)}` : '[_]'));
  return name + steps.join('');
}

function refuse({ at }: Term, message: string): never {
  throw new RegoError('rego_type_error', message, at);
}
