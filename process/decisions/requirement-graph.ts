// A model's decision requirement graph: what a decision needs is decided before it, each decision once a question.
import type { FeelFunction } from 'feelin';
import { compileBoxed, newFunction } from './compile-expression.ts';
import { type CompiledTable, compileTable } from './compile-table.ts';
import type { Evaluate, Scope } from './feel/expression.ts';
import { conform, type ItemType, newTypes, type Types } from './item-types.ts';
import type { Decision, DecisionService, Item, KnowledgeModel, Model } from './model.ts';

export interface RequirementGraph {
  readonly model: Model;
  readonly types: Types;
  /**
   * The value of a decision, by name or id, for the values of input data by name, and the rules that fired where it is a
   * table. Throws TABLE_INVALID where its rules clash.
   */
  decide(decision: string, inputs: Scope): Promise<Decided>;
  /** The value of a service or function, its parameters by name; of one of its decisions where it has several. */
  serve(invocable: string, inputs: Scope, decision: string): unknown;
  /** Names of the input data that a decision depends on, through all that it requires. */
  inputsOf(decision: string): string[];
  /** Elements by id, for models that import this one. */
  readonly nodes: ReadonlyMap<string, Node>;
}

export interface Decided {
  readonly value: unknown;
  /** Numbers of the rules that fired, from 1. */
  readonly rules: readonly number[];
  /** What the decision's logic saw. */
  readonly scope: Scope;
}

/** One question: what was given, and what has been decided already. */
interface Question {
  readonly inputs: Scope;
  readonly values: Map<Node, unknown>;
}

export interface Node {
  readonly kind: 'input' | 'decision' | 'function';
  readonly name: string;
  readonly item: Item;
  readonly requires: () => readonly Reference[];
  now(question: Question, scope: Scope): unknown;
  /** For a decision that is a table: answered by the rules engine. */
  readonly later: ((scope: Scope) => Promise<Decided>) | null;
}

/** A node as another one sees it: an element of an imported model under the import's name. */
interface Reference {
  readonly node: Node;
  readonly prefix: string | null;
}

type Find = (references: readonly string[]) => Reference[];

/** Builds the graph of `model`; `imported` are the graphs of the models it imports, by namespace. */
export function newRequirementGraph(
  model: Model,
  imported: ReadonlyMap<string, RequirementGraph> = new Map(),
): RequirementGraph {
  const types = newTypes(model.items, importedType);
  const nodes = new Map<string, Node>();

  function importedType(name: string): ItemType | null {
    for (const { name: prefix, namespace } of model.imports)
      if (name.startsWith(`${prefix}.`)) return imported.get(namespace)?.types(name.slice(prefix.length + 1)) ?? null;
    return null;
  }

  const find: Find = (references) =>
    references.flatMap((reference) => {
      const split = reference.indexOf('#');
      const [namespace, id] = [reference.slice(0, split), reference.slice(split + 1)];
      const isOwn = namespace === '' || namespace === model.namespace;
      const node = isOwn ? nodes.get(id) : imported.get(namespace)?.nodes.get(id);
      const source = model.imports.find((candidate) => candidate.namespace === namespace);
      return node ? [{ node, prefix: (!isOwn && source?.name) || null }] : [];
    });

  for (const { id, name, variable } of model.inputData) {
    const type = types(variable.type);
    const now = ({ inputs }: Question): unknown => conform(inputs[name] ?? null, type);
    nodes.set(id, { kind: 'input', name, item: variable, requires: () => [], now, later: null });
  }
  for (const decision of model.decisions) nodes.set(decision.id, decisionNode(decision, types, find));
  for (const knowledge of model.knowledge) nodes.set(knowledge.id, knowledgeNode(knowledge, types, find));
  for (const service of model.services) nodes.set(service.id, serviceNode(service, types, find));

  const named = (name: string, kind: Node['kind']): Node => {
    const found = nodes.get(name) ?? [...nodes.values()].find((node) => node.name === name && node.kind === kind);
    if (!found) throw new Error(`There is no ${kind} ${name} in ${model.file}.`);
    return found;
  };

  return {
    model,
    types,
    nodes,
    inputsOf: (name) =>
      [...inOrder(named(name, 'decision'))].filter(({ kind }) => kind === 'input').map((node) => node.name),
    async decide(name, inputs) {
      const decision = named(name, 'decision');
      const question: Question = { inputs, values: new Map() };
      for (const node of inOrder(decision)) {
        const scope = scopeOf(node, question);
        if (node === decision && node.later) return node.later(scope);
        // What a decision needs is null where it cannot be decided.
        const value = node.later ? (await node.later(scope).catch(() => null))?.value : node.now(question, scope);
        question.values.set(node, value ?? null);
      }
      return { value: question.values.get(decision), rules: [], scope: scopeOf(decision, question) };
    },
    serve(name, inputs, decision) {
      const question: Question = { inputs, values: new Map() };
      const value = (valueNow(named(name, 'function'), question) as FeelFunction).invoke({ ...inputs });
      const service = model.services.find((candidate) => candidate.name === name);
      return service && service.outputs.length > 1 ? (value as Record<string, unknown>)[decision] : value;
    },
  };
}

/** What `node` requires, and then itself. A circle is cut where it closes. */
function inOrder(node: Node, order = new Set<Node>(), above: readonly Node[] = []): Set<Node> {
  if (order.has(node) || above.includes(node)) return order;
  for (const required of node.requires()) inOrder(required.node, order, [...above, node]);
  return order.add(node);
}

function valueNow(node: Node, question: Question): unknown {
  for (const each of inOrder(node))
    if (!question.values.has(each)) question.values.set(each, each.now(question, scopeOf(each, question)));
  return question.values.get(node);
}

/** What the logic of `node` sees: the values of what it requires, by name. */
function scopeOf(node: Node, question: Question): Scope {
  const scope: Record<string, unknown> = {};
  for (const { node: required, prefix } of node.requires()) {
    const place = prefix === null ? scope : ((scope[prefix] ??= {}) as Record<string, unknown>);
    place[required.name] = question.values.get(required) ?? null;
  }
  return scope;
}

function decisionNode(decision: Decision, types: Types, find: Find): Node {
  const { name, variable, logic } = decision;
  const type = types(variable.type);
  let evaluate: Evaluate | undefined;
  let table: CompiledTable | undefined;
  const later = async (scope: Scope): Promise<Decided> => {
    if (logic?.kind !== 'table') return { value: null, rules: [], scope };
    table ??= compileTable(logic.table, types);
    const { output, rules } = await table.decide(table.inputsOf(scope), scope);
    return { value: conform(conform(output, types(logic.type)), type), rules, scope };
  };
  return {
    kind: 'decision',
    name,
    item: variable,
    requires: () => find(decision.requires),
    now(_question, scope) {
      if (!logic) return null;
      evaluate ??= compileBoxed(logic, types);
      return conform(evaluate(scope), type);
    },
    later: logic?.kind === 'table' ? later : null,
  };
}

function knowledgeNode(knowledge: KnowledgeModel, types: Types, find: Find): Node {
  const { name, variable, logic } = knowledge;
  return {
    kind: 'function',
    name,
    item: variable,
    requires: () => find(knowledge.requires),
    now(_question, scope) {
      if (!logic?.body) return null;
      const body = compileBoxed(logic.body, types);
      const result = types(logic.type === 'Any' ? variable.type : logic.type);
      const itself: FeelFunction = newFunction(logic.parameters, types, (given) =>
        conform(body({ ...scope, [name]: itself, ...given }), result),
      );
      return itself;
    },
    later: null,
  };
}

/** A service is a function: its parameters stand in for the data and decisions that it is given. */
function serviceNode(service: DecisionService, types: Types, find: Find): Node {
  const { name, variable } = service;
  return {
    kind: 'function',
    name,
    item: variable,
    requires: () => [],
    now() {
      const given = find([...service.inputData, ...service.inputDecisions]).map(({ node }) => node);
      const outputs = find(service.outputs).map(({ node }) => node);
      const parameters = given.map(({ item }) => item);
      return newFunction(parameters, types, (values) => {
        const question: Question = {
          inputs: values,
          values: new Map(given.map((node) => [node, values[node.name] ?? null])),
        };
        const results = outputs.map((node) => [node.name, valueNow(node, question)] as const);
        const value = results.length === 1 ? results[0]?.[1] : Object.fromEntries(results);
        return conform(value, types(variable.type));
      });
    },
    later: null,
  };
}
