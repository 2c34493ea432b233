// Calls to functions: of the policy's own functions, and of builtins. What `with` put in place of one is looked for first.
import type { Builtin } from './builtin.ts';
import type { Each, Place, Terms, Ways } from './compiling.ts';
import type { Documents, Evaluate, Mock } from './evaluation.ts';
import { RegoError } from './rego-error.ts';
import type { Term, TermOf } from './syntax.ts';
import { fromJson, RegoObject, type Value } from './values.ts';

/** A function as it is called. */
export interface Callable {
  readonly name: string;
  readonly arity: number;
  readonly isRelation: boolean;
  run(args: readonly Value[], at: Documents): Value | undefined;
}

export interface Calls {
  arity(call: TermOf<'call'>): number;
  value(call: TermOf<'call'>, place: Place): Evaluate | undefined;
  each(call: TermOf<'call'>, place: Place): Each | undefined;
}

export function compileCall(ways: Ways, evaluated: Terms['value']): Calls {
  return { arity: (call) => callable(call.callee, ways).arity, value, each };

  function value(call: TermOf<'call'>, place: Place): Evaluate | undefined {
    const target = callable(call.callee, ways);
    if (target.isRelation) return undefined;
    const args = operands(call, target, place);
    return (
      args &&
      ((frame) => {
        const values = new Array<Value>(args.length);
        for (let index = 0; index < args.length; index++) {
          const operand = (args[index] as Evaluate)(frame);
          if (operand === undefined) return undefined;
          values[index] = operand;
        }
        const mock = frame.at.mocks?.get(target.name);
        return mock ? mocked(mock, values, frame.at) : target.run(values, frame.at);
      })
    );
  }

  function each(call: TermOf<'call'>, place: Place): Each | undefined {
    const target = callable(call.callee, ways);
    const args = target.isRelation ? operands(call, target, place) : undefined;
    return (
      args &&
      ((frame, found) => {
        const values = args.map((arg) => arg(frame));
        if (values.includes(undefined)) return false;
        const results = target.run(values as Value[], frame.at) as readonly Value[] | undefined;
        return (results ?? []).some((result) => {
          frame.at.run.budget.spend();
          return found(result);
        });
      })
    );
  }

  function operands(call: TermOf<'call'>, { name, arity }: Callable, place: Place): Evaluate[] | undefined {
    if (call.args.length !== arity)
      throw new RegoError('rego_type_error', `${name}: takes ${arity} operands, and got ${call.args.length}`, call.at);
    const args = call.args.map((arg) => evaluated(arg, place));
    return args.includes(undefined) ? undefined : (args as Evaluate[]);
  }
}

/** In what replaces a function, every function is itself again. */
function mocked(mock: Mock, args: readonly Value[], at: Documents): Value | undefined {
  return 'value' in mock ? mock.value : mock.call(args, { ...at, mocks: undefined, found: new Map() });
}

/** What a callee names. Throws rego_type_error for what is no function. */
export function callable(callee: Term, ways: Pick<Ways, 'linker' | 'annotations'>): Callable {
  if (callee.kind === 'variable') {
    const builtin = ways.linker.builtin(callee.name);
    if (!builtin) throw new RegoError('rego_type_error', `undefined function ${callee.name}`, callee.at);
    return ofBuiltin(callee.name, builtin, ways);
  }
  const found = functionAt(callee, ways);
  if (found) return found;
  throw new RegoError('rego_type_error', 'undefined function', callee.at);
}

/** The policy's function that a reference names. */
export function functionAt(callee: Term, { linker }: Pick<Ways, 'linker'>): Callable | undefined {
  if (callee.kind !== 'reference' || callee.head.kind !== 'variable' || callee.head.name !== 'data') return undefined;
  let node: typeof linker.root | undefined = linker.root;
  for (const step of callee.path) node = step.kind === 'constant' ? node?.children.get(step.value) : undefined;
  if (node?.kind !== 'function') return undefined;
  const { name, arity, call } = node;
  return {
    name,
    arity,
    isRelation: false,
    run(args, at) {
      at.run.budget.spend();
      return call(args, at);
    },
  };
}

export function ofBuiltin(name: string, builtin: Builtin, { annotations }: Pick<Ways, 'annotations'>): Callable {
  const described = annotations.flatMap(({ path, scope, value }) => {
    if (value === undefined && scope !== 'rule') return [];
    const entry: [Value, Value][] = value === undefined ? [] : [['annotations', withScope(value, scope)]];
    return [new RegoObject([['path', path as Value], ...entry])];
  });
  return { name, arity: builtin.arity, isRelation: builtin.isRelation ?? false, run };

  function run(args: readonly Value[], { run: context }: Documents): Value | undefined {
    context.budget.spend();
    if (builtin.isImpure) context.impure = true;
    try {
      context.annotations = described;
      return builtin.run(args, context);
    } catch (error) {
      if (!(error instanceof RegoError) || (error.code !== 'eval_builtin_error' && error.code !== 'eval_type_error'))
        throw error;
      if (context.strict) throw new RegoError(error.code, `${name}: ${error.message.replace(/^\w+: /, '')}`);
      return undefined;
    }
  }
}

function withScope(annotations: Value, scope: string): Value {
  const given = annotations as RegoObject;
  return new RegoObject([...(fromJson({ scope }) as RegoObject).entries(), ...given.entries()]);
}
