// A DMN model as plain data: what read-dmn.ts reads and requirement-graph.ts runs.

export type HitPolicy = 'UNIQUE' | 'ANY' | 'FIRST' | 'PRIORITY' | 'RULE ORDER' | 'OUTPUT ORDER' | 'COLLECT';
export type Aggregation = 'SUM' | 'MIN' | 'MAX' | 'COUNT';

export interface TableInput {
  readonly expression: string;
  readonly type: string;
  /** FEEL unary tests that every value has to pass, or null. */
  readonly allowed: string | null;
}

export interface TableOutput {
  readonly name: string;
  readonly type: string;
  /** FEEL unary tests of the values it may have, highest priority first, or null. */
  readonly allowed: string | null;
}

export interface TableRule {
  /** FEEL cells, column by column. */
  readonly tests: readonly string[];
  readonly results: readonly string[];
}

export interface TableSource {
  readonly id: string;
  readonly name: string;
  /** What the author says of it, or null. */
  readonly description: string | null;
  /** Digest of the file it stands in. */
  readonly version: string;
  readonly file: string;
  readonly hitPolicy: HitPolicy;
  /** Of COLLECT only. */
  readonly aggregation: Aggregation | null;
  readonly inputs: readonly TableInput[];
  readonly outputs: readonly TableOutput[];
  /** FEEL of the outputs where no rule fires, or null where the table gives none. */
  readonly defaults: readonly string[] | null;
  readonly rules: readonly TableRule[];
}

/** A name with a type: a variable, a parameter, a column. */
export interface Item {
  readonly name: string;
  readonly type: string;
}

/** A boxed expression. `type` is the type it is declared to give, `Any` where none is. */
export type Expression = { readonly type: string } & (
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'table'; readonly table: TableSource }
  | {
      readonly kind: 'context';
      /** The entry without a variable is the context's value. */
      readonly entries: readonly { readonly variable: Item | null; readonly value: Expression }[];
    }
  | {
      readonly kind: 'invocation';
      readonly called: Expression;
      readonly bindings: readonly { readonly name: string; readonly value: Expression }[];
    }
  | {
      readonly kind: 'function';
      readonly parameters: readonly Item[];
      /** Null for functions of other languages, which are not run. */
      readonly body: Expression | null;
    }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | {
      readonly kind: 'relation';
      readonly columns: readonly string[];
      readonly rows: readonly (readonly Expression[])[];
    }
  | { readonly kind: 'conditional'; readonly if: Expression; readonly then: Expression; readonly else: Expression }
  | {
      readonly kind: 'for' | 'some' | 'every';
      readonly variable: string;
      readonly in: Expression;
      readonly each: Expression;
    }
  | { readonly kind: 'filter'; readonly in: Expression; readonly match: Expression }
);

export interface ItemDefinition {
  readonly name: string;
  /** The type it stands for, or null where it has components or is a function. */
  readonly type: string | null;
  readonly components: readonly ItemDefinition[];
  readonly isCollection: boolean;
  readonly isFunction: boolean;
  /** FEEL unary tests of its values (of its elements, for a collection), or null. */
  readonly allowed: string | null;
  /** As `allowed`, but of the whole value. */
  readonly constraint: string | null;
}

interface Named {
  readonly id: string;
  readonly name: string;
  readonly variable: Item;
}

/** References are `#id`, or `namespace#id` for an element of an imported model. */
export interface Decision extends Named {
  readonly description: string | null;
  readonly requires: readonly string[];
  /** Null: it has no logic, so nothing can be decided. */
  readonly logic: Expression | null;
}

export interface KnowledgeModel extends Named {
  readonly requires: readonly string[];
  readonly logic: Extract<Expression, { kind: 'function' }> | null;
}

export interface DecisionService extends Named {
  readonly outputs: readonly string[];
  readonly encapsulated: readonly string[];
  /** Data and decisions whose values the caller gives: in this order they are parameters. */
  readonly inputData: readonly string[];
  readonly inputDecisions: readonly string[];
}

export interface ModelImport {
  readonly name: string;
  readonly namespace: string;
  readonly location: string | null;
  /** Whether it is DMN that is imported; other things are passed over. */
  readonly isModel: boolean;
}

export interface Model {
  readonly file: string;
  /** Digest of the file. */
  readonly version: string;
  readonly name: string;
  readonly namespace: string;
  readonly imports: readonly ModelImport[];
  readonly items: readonly ItemDefinition[];
  readonly inputData: readonly Named[];
  readonly decisions: readonly Decision[];
  readonly knowledge: readonly KnowledgeModel[];
  readonly services: readonly DecisionService[];
}
