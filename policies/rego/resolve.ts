// What names mean: declared variables get names of their own, names of rules and imports become references into data,
// and what is called is told apart into functions of the policy (a reference) and builtins (a variable with its full name).
import { RegoError } from './rego-error.ts';
import { type How, Scope } from './scope.ts';
import type { Body, Branch, Literal, Module, Rule, Term, With } from './syntax.ts';

export interface Resolver {
  rule(rule: Rule): Rule;
  /** A query's variables keep their names. */
  query(body: Body): Body;
}

/** `ruleNames` are the first names of all rules of the module's package. */
export function resolver(module: Pick<Module, 'package' | 'imports'>, ruleNames: ReadonlySet<string>): Resolver {
  let count = 0;
  const imports = new Map<string, readonly string[]>();
  for (const { alias, path, at } of module.imports) {
    if (imports.has(alias)) throw new RegoError('rego_compile_error', `import must not shadow import of ${alias}`, at);
    if (ruleNames.has(alias)) throw new RegoError('rego_compile_error', `import must not shadow rule ${alias}`, at);
    imports.set(alias, path);
  }
  return {
    rule,
    query: (body) => bodyIn(body, new Scope(), (name) => name),
  };

  function rule(written: Rule): Rule {
    const { value: name } = written.path[0] as { value: string };
    if (name === 'input' || name === 'data')
      throw new RegoError('rego_compile_error', `rules must not shadow ${name}`, written.at);
    const scope = new Scope();
    for (const arg of written.args ?? []) declarePattern(arg, scope, fresh, 'argument');
    const args = written.args?.map((arg) => termIn(arg, scope));
    const first = written.branches[0];
    const inner = scope.withArguments();
    const body = bodyIn(first.body, inner);
    const path = written.path.map((step) => termIn(step, inner));
    const member = written.member && termIn(written.member, inner);
    const elses = written.branches.slice(1).map((branch): Branch => {
      const own = scope.withArguments();
      const branchBody = bodyIn(branch.body, own);
      const value = termIn(branch.value, own);
      own.refuseUnused();
      return { ...branch, body: branchBody, value };
    });
    const branches: [Branch, ...Branch[]] = [{ ...first, body, value: termIn(first.value, inner) }, ...elses];
    inner.refuseUnused();
    return { ...written, path, branches, ...(args && { args }), ...(member && { member }) };
  }

  function fresh(name: string): string {
    return `${name}#${++count}`;
  }

  function bodyIn(body: Body, scope: Scope, naming = fresh): Body {
    return body.map((literal) => literalIn(literal, scope, naming));
  }

  function literalIn(literal: Literal, scope: Scope, naming = fresh): Literal {
    const withs = literal.withs.map((modifier) => withIn(modifier, scope));
    switch (literal.kind) {
      case 'holds':
        return { ...literal, withs, term: termIn(literal.term, scope) };
      case 'not':
        return { ...literal, withs, literal: literalIn(literal.literal, new Scope(scope)) };
      case 'unify':
        return { ...literal, withs, left: termIn(literal.left, scope), right: termIn(literal.right, scope) };
      case 'assign': {
        const right = termIn(literal.right, scope);
        demandAssignable(literal.left);
        declarePattern(literal.left, scope, naming, 'assigned');
        return { ...literal, withs, kind: 'unify', left: termIn(literal.left, scope), right };
      }
      case 'some':
        for (const name of literal.names)
          scope.declare(name, { unique: naming(name), how: 'declared', at: literal.at });
        return { ...literal, withs };
      case 'someIn': {
        const collection = termIn(literal.collection, scope);
        return { ...literal, withs, collection, ...declared(literal, scope, naming) };
      }
      case 'every': {
        const collection = termIn(literal.collection, scope);
        const inner = new Scope(scope);
        const names = declared(literal, inner);
        const body = bodyIn(literal.body, inner);
        inner.refuseUnused();
        return { ...literal, withs, collection, ...names, body };
      }
    }
  }

  function declared(
    { key, value }: { key?: Term; value: Term },
    scope: Scope,
    naming = fresh,
  ): { key?: Term; value: Term } {
    for (const pattern of key ? [key, value] : [value]) declarePattern(pattern, scope, naming, 'declared');
    return { ...(key && { key: termIn(key, scope) }), value: termIn(value, scope) };
  }

  function declarePattern(pattern: Term, scope: Scope, naming: (name: string) => string, how: How): void {
    const { at } = pattern;
    if (pattern.kind === 'variable' && pattern.name !== '_')
      scope.declare(pattern.name, { unique: naming(pattern.name), how, at });
    if (pattern.kind === 'array') for (const item of pattern.items) declarePattern(item, scope, naming, how);
    if (pattern.kind === 'object') for (const [, item] of pattern.entries) declarePattern(item, scope, naming, how);
  }

  function withIn({ target, value, at }: With, scope: Scope): With {
    return {
      target: target.kind === 'variable' || target.kind === 'reference' ? callee(target, scope) : target,
      value: withValue(value, scope),
      at,
    };
  }

  /** The replacement of a function may be the name of another. */
  function withValue(value: Term, scope: Scope): Term {
    const isName =
      value.kind === 'variable' || (value.kind === 'reference' && value.path.every((step) => step.kind === 'constant'));
    if (!isName) return termIn(value, scope);
    const head = value.kind === 'reference' ? value.head : value;
    if (head.kind === 'variable' && scope.find(head.name) !== undefined) return termIn(value, scope);
    return callee(value, scope);
  }

  function callee(written: Term, scope: Scope): Term {
    const resolved = termIn(written, scope);
    if (resolved.kind !== 'reference' || resolved.head.kind !== 'variable') return resolved;
    const { name } = resolved.head;
    if (name === 'data' || name === 'input') return resolved;
    const steps = resolved.path.map((step) => (step.kind === 'constant' ? String(step.value) : '?'));
    return scope.find(name) === undefined
      ? { kind: 'variable', name: [name, ...steps].join('.'), at: resolved.at }
      : resolved;
  }

  function termIn(term: Term, scope: Scope): Term {
    switch (term.kind) {
      case 'constant':
        return term;
      case 'variable':
        return variable(term.name, term, scope);
      case 'reference': {
        const head = termIn(term.head, scope);
        const path = term.path.map((step) => termIn(step, scope));
        return head.kind === 'reference'
          ? { ...term, head: head.head, path: [...head.path, ...path] }
          : { ...term, head, path };
      }
      case 'call':
        return {
          ...term,
          callee: term.infix ? term.callee : callee(term.callee, scope),
          args: term.args.map((arg) => termIn(arg, scope)),
        };
      case 'array':
      case 'set':
        return { ...term, items: term.items.map((item) => termIn(item, scope)) };
      case 'object':
        return {
          ...term,
          entries: term.entries.map(([key, value]) => [termIn(key, scope), termIn(value, scope)] as const),
        };
      case 'collect': {
        const inner = new Scope(scope);
        const body = bodyIn(term.body, inner);
        const key = term.key && termIn(term.key, inner);
        const value = termIn(term.value, inner);
        inner.refuseUnused();
        return { ...term, body, ...(key && { key }), value };
      }
      case 'template':
        return {
          ...term,
          parts: term.parts.map((part) => (typeof part === 'string' ? part : literalIn(part, new Scope(scope)))),
        };
    }
  }

  function variable(name: string, term: Term, scope: Scope): Term {
    const { at } = term;
    if (name === '_') return { kind: 'variable', name: fresh('_'), at };
    const local = scope.find(name);
    if (local !== undefined) return { kind: 'variable', name: local, at };
    if (name === 'data' || name === 'input')
      return { kind: 'reference', head: { kind: 'variable', name, at }, path: [], at };
    const path = ruleNames.has(name) ? ['data', ...module.package, name] : imports.get(name);
    if (!path) return term;
    const [root, ...steps] = path as [string, ...string[]];
    const constants = steps.map((value): Term => ({ kind: 'constant', value, at }));
    return { kind: 'reference', head: { kind: 'variable', name: root, at }, path: constants, at };
  }
}

/** What `:=` can give a value to: variables, in arrays and objects or alone. */
function demandAssignable(left: Term): void {
  const refuse = ({ kind, at }: Term): never => {
    throw new RegoError('rego_compile_error', `cannot assign to ${kind === 'reference' ? 'ref' : kind}`, at);
  };
  if (left.kind === 'constant') refuse(left);
  const pending = [left];
  for (let term = pending.pop(); term; term = pending.pop()) {
    if (term.kind === 'array') pending.push(...term.items);
    else if (term.kind === 'object') pending.push(...term.entries.map(([, item]) => item));
    else if (term.kind !== 'variable' && term.kind !== 'constant') refuse(term);
  }
}
