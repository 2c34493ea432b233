// What a plugin has to show, by its category: the table behind docs/conformance.md. A level runs exactly the cases that stand
// here for it, so that none is lost unseen.
import type { ConformanceLevel } from '../contracts/generated/certificate.v1.ts';
import type { PluginSpec } from '../contracts/generated/plugin.v1.ts';

export type Level = ConformanceLevel;
export type Category = PluginSpec['category'];

export const levels = ['L0', 'L1', 'L2', 'L3', 'L4', 'L5'] as const satisfies readonly Level[];
export const categories = [
  'acquisition',
  'transformation',
  'state-change',
  'validation',
  'orchestration',
] as const satisfies readonly Category[];

/** `claimed`: only where the plugin has something of the kind; a plugin without is skipped, aloud. */
export type Demand = 'must' | 'claimed' | 'no';

export interface Requirement {
  readonly level: Level;
  /** What is asked, for people; a case's own title may say more. */
  readonly title: string;
  readonly demand: Demand | Readonly<Record<Category, Demand>>;
}

const onlyStateChange: Requirement['demand'] = {
  ...{ acquisition: 'no', transformation: 'no', 'state-change': 'must', validation: 'no', orchestration: 'no' },
};

export const requirements = {
  'L0/spec': { level: 'L0', demand: 'must', title: 'plugin.spec.json is JSON that fits plugin.v1, every key once' },
  'L0/sense': { level: 'L0', demand: 'must', title: 'the spec does not contradict itself, its category or the limits' },
  'L0/schemas': {
    level: 'L0',
    demand: 'must',
    title: 'the schemas in the spec are JSON Schema 2020-12 that something fits',
  },
  'L0/digests': {
    level: 'L0',
    demand: 'must',
    title: 'manifest and ledger contract fit their schemas, digests are true',
  },
  'L0/program': {
    level: 'L0',
    demand: 'must',
    title: 'the entry starts as its runtime says, and its language can read it',
  },
  'L0/generated': { level: 'L0', demand: 'claimed', title: 'AUTO regions say what the spec says' },
  'L0/described': { level: 'L0', demand: 'must', title: 'README_PLUGIN.md and healthcheck.md say something' },
  'L1/covered': { level: 'L1', demand: 'must', title: 'every tool has a golden fixture with an answer' },
  'L1/golden': { level: 'L1', demand: 'must', title: 'each golden fixture gives what it says' },
  'L1/fits': {
    level: 'L1',
    demand: 'must',
    title: 'generated inputs that fit: an answer that fits the output schema, or the tool’s refusal',
  },
  'L1/misfits': { level: 'L1', demand: 'claimed', title: 'generated inputs that do not fit never reach the plugin' },
  'L2/scenario': { level: 'L2', demand: 'claimed', title: 'the scenarios of conformance/*.feature' },
  'L3/hermetic': {
    level: 'L3',
    demand: 'claimed',
    title: 'the same result with another environment, folder and time zone of the kernel',
  },
  'L3/repeat': { level: 'L3', demand: 'claimed', title: 'twice the same, where a tool says that it is deterministic' },
  'L3/cancel': { level: 'L3', demand: 'must', title: 'a cancel is survived' },
  'L3/deadline': { level: 'L3', demand: 'must', title: 'a deadline, met or not, leaves the plugin usable' },
  'L3/crash': { level: 'L3', demand: 'must', title: 'after its process was killed the next answer is the right one' },
  'L3/leave': { level: 'L3', demand: 'must', title: 'it ends by itself when it is told to' },
  'L3/what-if': {
    level: 'L3',
    demand: onlyStateChange,
    title: 'the effects that whatIf shows are those that are applied',
  },
  'L4/latency': { level: 'L4', demand: 'must', title: 'p95 of its answers is within the budget' },
  'L4/memory': {
    level: 'L4',
    demand: 'must',
    title: 'memory is within the budget, and does not grow from call to call',
  },
  'L5/policies': { level: 'L5', demand: 'must', title: 'the policies allow what it does' },
  'L5/secrets': { level: 'L5', demand: 'must', title: 'no secret in its folder' },
  'L5/grants': { level: 'L5', demand: 'must', title: 'it uses every grant that it asks for, and no other' },
  'L5/escape': { level: 'L5', demand: 'must', title: 'no escape probe gets out of its box' },
} as const satisfies Readonly<Record<string, Requirement>>;

export type CaseId = keyof typeof requirements;
export const caseIds = Object.keys(requirements) as CaseId[];

export function demandOf(id: CaseId, category: Category): Demand {
  const { demand }: Requirement = requirements[id];
  return typeof demand === 'string' ? demand : demand[category];
}
