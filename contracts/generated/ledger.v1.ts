// Generated from contracts/schemas/ledger.v1.json by scripts/generate-types.ts. Do not edit.

export type Digest = string;
/**
 * The objects of these commits, as a pack; a plan's is kept in effects/.
 */
export type Digest1 = string;
/**
 * null: no such file.
 */
export type FileState = null | PresentFile;
/**
 * The effects of a plan, applied as they were recorded: digest of the plan's body. The plan is an earlier entry of the same task.
 */
export type Digest2 = string;
/**
 * effects are the inverse of those of an earlier entry: digest of its body. Target and tree are those of that entry.
 */
export type Digest3 = string;
export type Outcome = 'done' | 'planned' | 'failed' | 'quarantined' | 'rejected' | 'cancelled';

/**
 * One ledger record. The body is deterministic: same task, workspace state, plugin, tables, policies and isolation level give the same bytes. The envelope holds what differs from run to run.
 */
export interface LedgerEntry {
  body: TaskBody | PreparedBody | AbortedBody | KernelBody;
  envelope: Envelope;
}
/**
 * The outcome of one task. taskDigest is the SHA-256 of the task without its id, canonical; for a line that is no task, of its bytes; for a rollback, that of the body it rolls back. policies is the digest over all policies in force.
 */
export interface TaskBody {
  schema: 'ledger.v1';
  kind: 'task';
  /**
   * The task without its id; null for a line that is no task, and for a rollback.
   */
  task: null | {
    [k: string]: unknown | undefined;
  };
  taskDigest: Digest;
  decisions: DecisionRecord[];
  /**
   * What was tried in the place of the tool that was asked for; the last one answered, where the outcome is done.
   */
  fallbacks?: FallbackRecord[];
  plugin?: PluginRecord;
  /**
   * Which contract was checked, and with what result.
   */
  contracts?: {
    [k: string]: 'pass' | 'fail' | undefined;
  };
  grants?: {
    [k: string]: unknown | undefined;
  };
  policies?: Digest;
  /**
   * What the policies said, in the order in which they were asked.
   */
  verdicts?: PolicyVerdict[];
  isolation?: 'full' | 'namespaces' | 'process';
  result?: ResultRecord;
  effects?: EffectSet;
  /**
   * Requests to hosts granted as effect, in the order in which they are sent.
   */
  requests?: RequestEffect[];
  submissions?: SubmissionsRecord;
  gates?: GateVerdict[];
  applies?: Digest2;
  rollsBack?: Digest3;
  outcome: Outcome;
  error?: FailureRecord;
}
/**
 * A decision table's answer: which version, which rule, on which inputs.
 */
export interface DecisionRecord {
  table: string;
  version: Digest;
  /**
   * Numbers of the rules that fired, from 1.
   */
  rules: number[];
  inputs: {
    [k: string]: unknown | undefined;
  };
  output: unknown;
}
/**
 * A tool failed for good, and the table fallback named something else. tool and code say what had failed and how.
 */
export interface FallbackRecord {
  /**
   * tool, cached or value.
   */
  action: string;
  decision: DecisionRecord;
  tool: string;
  code: string;
}
export interface PluginRecord {
  id: string;
  version: string;
  category: string;
  digest: Digest;
  settings: Digest;
  certificate?: CertificateRecord;
}
/**
 * The certificate that counted: level, who signed it by the name of the key in trust/, and the digest of certificate.json.
 */
export interface CertificateRecord {
  level: 'L0' | 'L1' | 'L2' | 'L3' | 'L4' | 'L5';
  key: string;
  digest: Digest;
  issuedAt: string;
  expiresAt: string;
}
/**
 * What the policies said: before, at Validate, or after, at Verify over the effects. Reasons are those to deny.
 */
export interface PolicyVerdict {
  phase: 'before' | 'after';
  decision: 'allow' | 'deny';
  reasons: PolicyReason[];
}
export interface PolicyReason {
  /**
   * Its package, below arbiter.
   */
  policy: string;
  rule: string;
  message: string;
}
export interface ResultRecord {
  digest: Digest;
  /**
   * Present up to 64 KB; larger ones are kept by digest in effects/.
   */
  output?: {
    [k: string]: unknown | undefined;
  };
}
/**
 * What the kernel found changed. For git the target is a ref, and the files are what the commit changes.
 */
export interface EffectSet {
  target: FolderTarget | GitTarget;
  /**
   * What the plugin did to the repository inside its copy that is not part of the result.
   */
  notKept?: NotKept[];
  files: FileEffect[];
}
export interface FolderTarget {
  kind: 'folder';
  path: string;
}
export interface GitTarget {
  kind: 'git';
  /**
   * Top of the repository.
   */
  path: string;
  /**
   * Branch that the result goes to; null stands for a branch of the task's own.
   */
  ref: string | null;
  /**
   * Commit the copy started from.
   */
  base: string;
  tree: string;
  message: string;
  /**
   * Commits that the plugin made, oldest first. What it left uncommitted follows as one of the kernel's own.
   */
  commits?: CommitRecord[];
  pack?: Digest1;
}
export interface CommitRecord {
  id: string;
  /**
   * Name and address, as they were written.
   */
  author: string;
  subject: string;
}
export interface NotKept {
  kind: 'repository' | 'commits' | 'ref' | 'hook' | 'setting';
  name: string;
  detail: string;
}
/**
 * One file that changed, by path below the workspace.
 */
export interface FileEffect {
  path: string;
  change: 'created' | 'changed' | 'deleted';
  before: FileState;
  after: FileState;
}
export interface PresentFile {
  type: 'file' | 'symlink';
  /**
   * Permission bits, octal, such as 644.
   */
  mode: string;
  /**
   * Bytes.
   */
  size: number;
  digest: Digest;
}
/**
 * A request to a host outside, sent by the kernel once everything else is in place: at least once, always with the same Idempotency-Key.
 */
export interface RequestEffect {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  host: string;
  port: number;
  tls: boolean;
  /**
   * Path and query.
   */
  path: string;
  /**
   * As the plugin set them, names in lower case; what the kernel adds is not in here.
   */
  headers: {
    [k: string]: string | undefined;
  };
  /**
   * null: none. The content is kept by digest in effects/.
   */
  body: null | KeptContent;
}
export interface KeptContent {
  /**
   * Bytes.
   */
  size: number;
  digest: Digest;
}
/**
 * Tasks that it asks for: how many, and the digest of their list without ids, canonical. Where it had to be kept, the list is in effects/.
 */
export interface SubmissionsRecord {
  count: number;
  digest: Digest;
}
export interface GateVerdict {
  /**
   * <tier>/<tool>, or <tier>/- where the tier has no tool for what changed.
   */
  id: string;
  tier: 'L0' | 'L1' | 'L2' | 'L3' | 'L4' | 'L5';
  tool: string | null;
  verdict: 'pass' | 'fail' | 'no-tool';
  findings: {
    [k: string]: unknown | undefined;
  }[];
}
export interface FailureRecord {
  code: string;
  message: string;
}
/**
 * Written and synced before effects are applied, so that recovery can tell from what stands whether they were. outcome is the entry that follows when the effects are in place.
 */
export interface PreparedBody {
  schema: 'ledger.v1';
  kind: 'prepared';
  outcome: TaskBody;
}
/**
 * The prepared effects before it were not applied, or were undone.
 */
export interface AbortedBody {
  schema: 'ledger.v1';
  kind: 'aborted';
  error: FailureRecord;
}
/**
 * What the kernel itself did.
 */
export interface KernelBody {
  schema: 'ledger.v1';
  kind: 'kernel';
  /**
   * certified: a plugin's certificate was signed. conformed: its conformance was looked at. installed: it was put into the home. redacted: the content of an entry was removed. recovery: the ledger goes on, in a new segment, after a loss that an operator accepted.
   */
  event: 'started' | 'recovered' | 'promoted' | 'certified' | 'conformed' | 'installed' | 'redacted' | 'recovery';
  facts: {
    [k: string]: unknown | undefined;
  };
}
export interface Envelope {
  /**
   * RFC 3339, UTC.
   */
  time: string;
  host: string;
  pid: number;
  /**
   * Version of the kernel.
   */
  kernel: string;
  source?: LineSource;
  /**
   * The claim's moment, RFC 3339; the time that the plugin was told.
   */
  claimedAt?: string;
  attempt?: number;
  /**
   * From claim of the line to this entry.
   */
  durationMs?: number;
  traceparent?: string;
  retries?: {
    [k: string]: unknown | undefined;
  }[];
  /**
   * Attempts that the kernel saw and refused.
   */
  denied?: {
    [k: string]: unknown | undefined;
  }[];
  /**
   * Boxes of the journey, in order.
   */
  path?: string[];
  commit?: string;
  branch?: string;
  /**
   * Commit that the branch was at before; null where there was no such branch.
   */
  branchBefore?: string | null;
  note?: string;
  circuit?: CircuitRecord;
  spent?: SpentRecord;
  /**
   * Number of the entry that this one applies or rolls back.
   */
  concerns?: number;
  /**
   * Who applied, approved, rejected or rolled back: the name of the user who ran the command.
   */
  actor?: string;
  /**
   * Why, in that person's words.
   */
  reason?: string;
  /**
   * Who let the task go on where it waited before anything had run, by the box of the diagram.
   */
  approvals?: ApprovalRecord[];
  /**
   * Every request that the plugin made over the kernel's proxy, allowed or not; the first 1000.
   */
  network?: NetworkRequest[];
  /**
   * How the requests of this task were answered, one for each, in their order.
   */
  deliveries?: DeliveryRecord[];
}
/**
 * Where a task came from.
 */
export interface LineSource {
  /**
   * UUIDv7 of the claim.
   */
  claim: string;
  /**
   * The file's name as it was dropped.
   */
  file: string;
  line: number;
}
/**
 * The plugin's circuit, where it was not closed. open: nothing was run. half-open: this task was the one let through to try.
 */
export interface CircuitRecord {
  state: 'open' | 'half-open';
  /**
   * Faults of the plugin in a row.
   */
  failures: number;
  /**
   * Code of the last one.
   */
  because: string;
  /**
   * When a task is let through to try, RFC 3339.
   */
  until?: string;
}
/**
 * What the plugin said that it spent, over all attempts.
 */
export interface SpentRecord {
  tokens: number;
  usd: number;
}
export interface ApprovalRecord {
  at: string;
  actor: string;
  /**
   * RFC 3339, UTC.
   */
  time: string;
  reason?: string;
}
export interface NetworkRequest {
  host: string;
  port: number;
  /**
   * GET, POST, …; CONNECT for a tunnel, whose requests the kernel cannot see.
   */
  method: string;
  /**
   * Without the query.
   */
  path?: string;
  /**
   * allowed, or why it was not.
   */
  verdict:
    | 'allowed'
    | 'not granted'
    | 'closed during work'
    | 'address not allowed'
    | 'not resolved'
    | 'not a proxy request'
    | 'no task'
    | 'unreachable';
  /**
   * HTTP status of the answer.
   */
  status?: number;
  /**
   * Bytes of content sent.
   */
  sent: number;
  /**
   * Bytes of content received.
   */
  received: number;
  /**
   * Name of the credential that the kernel added, never its value.
   */
  credential?: string;
}
export interface DeliveryRecord {
  /**
   * What the host got as Idempotency-Key.
   */
  key: string;
  attempts: number;
  /**
   * HTTP status of the last answer.
   */
  status?: number;
  /**
   * Name of the credential that the kernel added.
   */
  credential?: string;
  /**
   * Why it does not count as delivered.
   */
  problem?: string;
}
