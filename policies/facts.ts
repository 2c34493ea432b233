// What a policy is asked about. Every field is always there, so that one that is missing is a mistake of the policy.

export interface PolicyFacts {
  /** before: at Validate, nothing has run. after: at Verify, with the effects found and none applied. */
  readonly phase: 'before' | 'after';
  readonly task: {
    readonly tool: string;
    readonly title: string;
    readonly tags: readonly string[];
    readonly whatIf: boolean;
    readonly approval: string;
    readonly workspace: string;
    readonly userId: string;
    readonly agent: string;
    readonly input: unknown;
    readonly metadata: unknown;
  };
  readonly plugin: {
    readonly id: string;
    readonly version: string;
    readonly category: string;
    readonly grants: unknown;
  };
  readonly environment: { readonly isolation: string };
  readonly effects: {
    readonly target: { readonly kind: string; readonly path: string; readonly ref: string };
    readonly files: readonly EffectFact[];
    /** Bytes of all files that are new or changed. */
    readonly bytes: number;
  };
  /** To hosts outside, to be sent when the effects are in place. */
  readonly requests: readonly RequestFact[];
  readonly findings: readonly Finding[];
}

export interface EffectFact {
  readonly path: string;
  readonly change: 'created' | 'changed' | 'deleted';
  /** file, symlink, or nothing where it was deleted. */
  readonly type: string;
  /** Permission bits, octal. */
  readonly mode: string;
  readonly size: number;
}

export interface RequestFact {
  readonly method: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Bytes of what it carries. */
  readonly bytes: number;
}

/** Something found in the content of effects, or in the task itself. A secret itself is never in it. */
export interface Finding {
  readonly kind: 'secret' | 'secret-in-task' | 'not-looked-at';
  /** Of the file, the request, or the text below the task. */
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** What can stand where: any value, a value without fields, an object of these fields, a list or set of such items. */
export type Shape =
  | 'any'
  | 'leaf'
  | { readonly fields: Readonly<Record<string, Shape>> }
  | { readonly items: Shape; readonly isSet: boolean };

type ShapeOf<T> = unknown extends T
  ? 'any'
  : T extends readonly (infer Item)[]
    ? { readonly items: ShapeOf<Item>; readonly isSet: false }
    : T extends string | number | boolean
      ? 'leaf'
      : { readonly fields: { readonly [Name in keyof T]: ShapeOf<T[Name]> } };

const leaf = 'leaf';
const list = <Item>(items: Item) => ({ items, isSet: false }) as const;

/** The shape of all facts, so that a policy that reads anything else can be refused. */
export const shapeOfFacts: ShapeOf<PolicyFacts> = {
  fields: {
    phase: leaf,
    task: {
      fields: {
        ...{ tool: leaf, title: leaf, tags: list(leaf), whatIf: leaf, approval: leaf, workspace: leaf, userId: leaf },
        ...{ agent: leaf, input: 'any', metadata: 'any' },
      },
    },
    plugin: { fields: { id: leaf, version: leaf, category: leaf, grants: 'any' } },
    environment: { fields: { isolation: leaf } },
    effects: {
      fields: {
        target: { fields: { kind: leaf, path: leaf, ref: leaf } },
        files: list({ fields: { path: leaf, change: leaf, type: leaf, mode: leaf, size: leaf } }),
        bytes: leaf,
      },
    },
    requests: list({ fields: { method: leaf, host: leaf, port: leaf, path: leaf, bytes: leaf } }),
    findings: list({ fields: { kind: leaf, path: leaf, line: leaf, message: leaf } }),
  },
};

export const noEffects: PolicyFacts['effects'] = { target: { kind: '', path: '', ref: '' }, files: [], bytes: 0 };

/** What people fill as they like: a policy that reads a field there has to cope with its absence. */
export const freeForm: readonly (readonly string[])[] = [
  ['task', 'input'],
  ['task', 'metadata'],
  ['plugin', 'grants'],
];
