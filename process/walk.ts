// The engine: walks a token through a step graph.
import { compileExpression, type Evaluate } from './decisions/feel/expression.ts';
import type { Branch, Node, StepGraph } from './step-graph.ts';

/** What the owner of a graph does at its nodes. `Token` is the owner's own record of one walk. */
export interface Walker<Token> {
  /**
   * Does the step, which is the owner's step `does`, as a rule of the node's own name; an error it throws leads along the
   * step's error flow, or out of the walk if there is none.
   */
  step(id: string, token: Token, does: string): Promise<void>;
  /** An error is about to follow an error flow; it is called before any gateway there is asked. */
  failed(id: string, token: Token, error: unknown): void;
  /** Asks the table `decision`; its output's fields are facts of the gateway's conditions. */
  decide(decision: string, token: Token): Promise<unknown>;
  /** The token's facts for FEEL conditions. */
  facts(token: Token): Readonly<Record<string, unknown>>;
  /** Resolves when the time is over. */
  wait(id: string, durationMs: number, token: Token): Promise<void>;
  /** Keeps the token until a person acts, and gives true; false where somebody has acted already. */
  park(id: string, token: Token): Promise<boolean>;
  entered?(id: string, token: Token): void;
}

/** Where a walk ended: at an end event, or parked at an approval. */
export type Arrival = { readonly at: 'end'; readonly id: string } | { readonly at: 'approval'; readonly id: string };

/** Walks `token` from `from`, or from the start, until it ends or waits for a person. */
export async function walk<Token>(
  graph: StepGraph,
  token: Token,
  walker: Walker<Token>,
  from = graph.start,
): Promise<Arrival> {
  return (await walkUntil(graph, token, walker, from, null)) as Arrival;
}

type Split = Extract<Node, { kind: 'split' }>;
/** A token on its way out of the branches that it is in. */
type Leaving = Extract<Node, { kind: 'leave' }>;

/** Walks one token until it ends, waits for a person, leaves the branches of `split`, or comes to their join, which gives null. */
async function walkUntil<Token>(
  graph: StepGraph,
  token: Token,
  walker: Walker<Token>,
  from: string,
  split: Split | null,
): Promise<Arrival | Leaving | null> {
  const staysIn = ({ splits }: Leaving) => split === null || !splits.includes(split.id);
  let facts: Readonly<Record<string, unknown>> = {};
  const passes = new Map<string, number>();
  for (let id = from; ; ) {
    if (id === split?.join) return null;
    const node = graph.nodes.get(id) as Node;
    walker.entered?.(id, token);
    switch (node.kind) {
      case 'step':
        try {
          await walker.step(id, token, node.does ?? id);
          id = node.next;
        } catch (error) {
          if (node.onError === null) throw error;
          walker.failed(id, token, error);
          id = node.onError;
        }
        break;
      case 'gateway':
        if (node.atMost !== null && countPass(passes, id) > node.atMost) {
          facts = {};
          id = defaultOf(node.branches);
          break;
        }
        facts = node.decision === null ? {} : asFacts(node.decision, await walker.decide(node.decision, token));
        id = chooseBranch(node.branches, { ...walker.facts(token), ...facts });
        break;
      case 'timer':
        await walker.wait(id, Number(feel(node.durationMs)({ ...walker.facts(token), ...facts }) ?? 0), token);
        id = node.next;
        break;
      case 'approval':
        if (await walker.park(id, token)) return { at: 'approval', id };
        id = node.next;
        break;
      case 'split':
        {
          const early = await walkBranches(graph, token, walker, node);
          if (early && ('at' in early || !staysIn(early))) return early;
          id = early === null ? node.join : (early as Leaving).next;
        }
        break;
      case 'leave':
        if (!staysIn(node)) return node;
        id = node.next;
        break;
      case 'join':
      case 'pass':
        id = node.next;
        break;
      case 'end':
        return { at: 'end', id };
    }
  }
}

/** Every branch goes as far as it can, whatever becomes of the others; then one that ended or left before the join counts. */
async function walkBranches<Token>(
  graph: StepGraph,
  token: Token,
  walker: Walker<Token>,
  split: Split,
): Promise<Arrival | Leaving | null> {
  const ends = await Promise.allSettled(split.branches.map((branch) => walkUntil(graph, token, walker, branch, split)));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  const early = ends.find((end) => end.status === 'fulfilled' && end.value !== null);
  return early?.status === 'fulfilled' ? early.value : null;
}

/** A table with one output answers with its value; with several, with an object of them. */
function asFacts(decision: string, output: unknown): Record<string, unknown> {
  const named = typeof output === 'object' && output !== null && !Array.isArray(output);
  return named ? (output as Record<string, unknown>) : { [decision]: output };
}

function countPass(passes: Map<string, number>, id: string): number {
  const count = (passes.get(id) ?? 0) + 1;
  passes.set(id, count);
  return count;
}

/** Readers refuse a gateway without a default, so there always is one. */
function defaultOf(branches: readonly Branch[]): string {
  return (branches.find(({ condition }) => condition === null) as Branch).to;
}

function chooseBranch(branches: readonly Branch[], facts: Record<string, unknown>): string {
  const chosen = branches.find(({ condition }) => condition !== null && holds(condition, facts));
  return chosen?.to ?? defaultOf(branches);
}

const compiled = new Map<string, Evaluate>();
/** Diagrams have a few dozen; workflows come and go. */
const mostCompiled = 5_000;

/** Parsed once: that costs more than everything else on the way. */
function feel(text: string): Evaluate {
  let evaluate = compiled.get(text);
  if (!evaluate) {
    evaluate = compileExpression(text);
    if (compiled.size >= mostCompiled) compiled.clear();
    compiled.set(text, evaluate);
  }
  return evaluate;
}

function holds(condition: string, facts: Record<string, unknown>): boolean {
  return feel(condition)(facts) === true;
}
