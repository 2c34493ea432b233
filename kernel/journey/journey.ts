// The token that walks the diagram: one task's record, filled box by box.
import type { ArbiterError } from '../../contracts/errors.ts';
import type {
  ApprovalRecord,
  CircuitRecord,
  DecisionRecord,
  EffectSet,
  GateVerdict,
  NetworkRequest,
  Outcome,
  PolicyVerdict,
  SpentRecord,
} from '../../contracts/generated/ledger.v1.ts';
import type { Task } from '../../contracts/generated/task.v1.ts';
import type { AskedFor } from '../landing/outside.ts';
import type { LoadedPlugin, LoadedTool } from '../loader/plugin.ts';
import type { HeldRequest } from '../outbox/read-request.ts';
import type { Attempt } from '../safety/circuit-breaker.ts';
import type { PrivateCopy } from '../safety/private-copy.ts';
import type { Workspace } from '../safety/workspace.ts';

/** Where a task came from. */
export interface Source {
  /** UUIDv7 of the claim. */
  readonly claim: string;
  /** The file's name as it was dropped. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The claim's moment, RFC 3339. */
  readonly claimedAt: string;
}

/** A line that is a task. */
export interface TaskLine {
  readonly source: Source;
  readonly task: Task;
  /** The task's own id, or `<claim>:<line>`. */
  readonly id: string;
  /** `sha256:<hex>` of the task without its id. */
  readonly digest: string;
}

/** What was put in the place of a tool that had failed. */
export interface Fallback {
  readonly action: string;
  readonly decision: DecisionRecord;
  /** What had failed, and how. */
  readonly tool: string;
  readonly code: string;
  readonly message: string;
  /** Entry whose result was taken. */
  entry?: number;
}

/** How a task ended, as the results file and whoever waits for it need it. */
export interface Settled {
  readonly outcome: Outcome;
  readonly entry: number;
  readonly output?: unknown;
  readonly effects?: EffectSet;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly expected: string;
    readonly remedy: string;
  };
  readonly note?: string;
  /** Set when this is another line's result. */
  readonly duplicate?: boolean;
}

export interface Journey {
  readonly line: TaskLine;
  readonly startedAt: number;
  readonly traceparent: string;
  readonly abort: AbortController;
  /** Boxes passed, in order. */
  readonly path: string[];
  /** Who let it go on at boxes where it waited for a person, before anything had run. */
  readonly approvals: readonly ApprovalRecord[];
  readonly decisions: DecisionRecord[];
  readonly retries: {
    readonly decision: DecisionRecord;
    readonly code: string;
    readonly message: string;
    readonly delayMs: number;
  }[];
  readonly denied: { readonly method: string }[];
  /** Requests over the network, of all attempts. */
  readonly network: NetworkRequest[];
  /** What the plugin said that it spent, in all attempts. */
  readonly spent: SpentRecord;
  attempt: number;
  /** In the order in which they were tried; the last one answered, if the task is done. */
  readonly fallbacks: Fallback[];

  // Plan
  plugin?: LoadedPlugin;
  tool?: LoadedTool;
  // Acquire
  duplicate: boolean;
  // Validate
  workspace?: Workspace | null | undefined;
  readonly contracts: Record<string, 'pass' | 'fail'>;
  /** What the policies said, here and at Verify; those of the last attempt. */
  verdicts: PolicyVerdict[];
  // Load plugin
  /** The plugin's circuit, where it was not closed. */
  circuit?: CircuitRecord | undefined;
  /** What has to be told how the attempt ended. */
  admitted?: Attempt | undefined;
  // Execute
  copy?: PrivateCopy | undefined;
  output?: unknown;
  /** Tasks that were asked for, to be submitted when this one is committed. */
  submissions: AskedFor[];
  /** Requests to be sent then. */
  requests: HeldRequest[];
  // Verify
  effects?: EffectSet | undefined;
  gates: GateVerdict[];
  // Commit ledger, Reject, Rollback, Quarantine
  error?: ArbiterError | undefined;
  settled?: Settled;
}

/** A box of the diagram. Throws catalogue errors; what it learns goes into the journey. */
export type Step = (journey: Journey) => Promise<void>;

export function newJourney(line: TaskLine, traceparent: string): Journey {
  return {
    line,
    startedAt: Date.now(),
    traceparent,
    abort: new AbortController(),
    path: [],
    approvals: [],
    decisions: [],
    retries: [],
    denied: [],
    network: [],
    spent: { tokens: 0, usd: 0 },
    attempt: 1,
    fallbacks: [],
    duplicate: false,
    contracts: {},
    verdicts: [],
    submissions: [],
    requests: [],
    gates: [],
  };
}
