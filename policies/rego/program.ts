// Policies ready to be asked: modules read, names resolved, recursion and unsafe variables refused, rules compiled.
import { Budget, defaultLimits, type Limits } from './budget.ts';
import type { Builtin } from './builtin.ts';
import { builtins } from './builtins/all.ts';
import { mockable } from './builtins/unavailable.ts';
import { bodyCompiler } from './compile-body.ts';
import { compiledTree } from './compile-rule.ts';
import type { Linker } from './compiling.ts';
import type { Documents, Run } from './evaluation.ts';
import { parseModule, parseQuery } from './parser.ts';
import { refuseRecursion } from './recursion.ts';
import { RegoError } from './rego-error.ts';
import { resolver } from './resolve.ts';
import { growTree, type PlacedRule, type RuleNode } from './rule-tree.ts';
import type { Module } from './syntax.ts';
import type { Value } from './values.ts';
import { replacedFunctions, visitBody } from './variables.ts';

export interface Source {
  readonly file: string;
  readonly text: string;
}

export interface Question {
  readonly input?: Value | undefined;
  /** The base document `data`. */
  readonly data?: Value | undefined;
  readonly limits?: Limits;
  /** Shared with other questions, instead of limits of its own. */
  readonly budget?: Budget;
  /** Raise what a builtin fails with, instead of taking its place for undefined. */
  readonly strict?: boolean;
  readonly nowNs?: bigint;
  readonly reads?: Set<string>;
  readonly fired?: Set<string>;
}

export interface Answer {
  /** Variables to values, once per solution. */
  readonly solutions: readonly ReadonlyMap<string, Value>[];
  /** The answer depends on more than input and data. */
  readonly isImpure: boolean;
}

export interface Query {
  /** Throws RegoError. */
  ask(question: Question): Answer;
}

export interface Program {
  readonly modules: readonly Module[];
  /** With names resolved. */
  readonly rules: readonly PlacedRule[];
  readonly tree: RuleNode;
  /** Throws RegoError for text that does not parse or compile. */
  query(text: string): Query;
}

/** Throws RegoError with the place of what is refused. */
export function compileProgram(sources: readonly Source[]): Program {
  return guarded(() => compiledProgram(sources));
}

function compiledProgram(sources: readonly Source[]): Program {
  const modules = sources.map(({ text, file }) => parseModule(text, file));
  const names = new Map<string, Set<string>>();
  for (const { package: path, rules } of modules) {
    const known = names.get(path.join('\0')) ?? new Set();
    names.set(path.join('\0'), known);
    for (const rule of rules) known.add((rule.path[0] as { value: string }).value);
  }
  const placed = modules.flatMap((module): PlacedRule[] => {
    const { rule } = resolver(module, names.get(module.package.join('\0')) as Set<string>);
    return module.rules.map((written) => ({ rule: rule(written), module }));
  });
  const tree = growTree(
    placed,
    modules.map(({ package: path }) => path),
  );
  refuseRecursion(tree);
  const { root, compile } = compiledTree(tree);
  const replacedNames = replacedFunctions(placed.map(({ rule }) => rule));
  const linker: Linker = {
    root,
    builtin: (name) => builtinOf(name, replacedNames),
  };
  compile(linker);
  return { modules, rules: placed, tree, query: (text) => compileQuery(text, linker) };
}

/** What reaches out of the policy can be called only where some `with` puts something in its place. */
function builtinOf(name: string, replacedNames: ReadonlySet<string>): Builtin | undefined {
  if (Object.hasOwn(builtins, name)) return builtins[name];
  return replacedNames.has(name) && Object.hasOwn(mockable, name) ? mockable[name] : undefined;
}

function compileQuery(text: string, linker: Linker): Query {
  const body = resolver({ package: [], imports: [] }, new Set()).query(parseQuery(text, 'query'));
  const compiler = bodyCompiler(linker, []);
  const variables = new Set<string>();
  visitBody(body, (name, inClosure) => {
    if (!inClosure && !/[#%]/.test(name)) variables.add(name);
  });
  const step = guarded(() => compiler.compile(body, new Set()));
  return {
    ask(question) {
      const run = startRun(question);
      const at: Documents = {
        run,
        input: question.input,
        base: question.data,
        patch: undefined,
        mocks: undefined,
        found: new Map(),
      };
      const frame = { slots: new Array<Value | undefined>(compiler.size()), at };
      const solutions: ReadonlyMap<string, Value>[] = [];
      guarded(() =>
        step(frame, () => {
          run.budget.make(1);
          solutions.push(new Map([...variables].map((name) => [name, frame.slots[compiler.slot(name)] as Value])));
          return false;
        }),
      );
      return { solutions, isImpure: run.impure };
    },
  };
}

function startRun({ limits = defaultLimits, budget, strict = false, nowNs, reads, fired }: Question): Run {
  let now = nowNs;
  return {
    budget: budget ?? new Budget(limits),
    strict,
    reads,
    fired,
    kept: new Map(),
    now: () => (now ??= BigInt(Date.now()) * 1_000_000n),
    annotations: [],
    impure: false,
  };
}

/** What nests too deep for the machine is refused like anything else that takes too much. */
function guarded<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof RangeError)
      throw new RegoError('eval_budget_error', `too deep or too large: ${error.message}`);
    throw error;
  }
}
