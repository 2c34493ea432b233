// All policies in force: those in Rego, and policy.wasm where there is one. Each has to allow.
import { fault } from '../contracts/errors.ts';
import { type BoundedThread, boundedThread } from './bounded-thread.ts';
import type { PolicyFacts } from './facts.ts';
import { type Reason, type Verdict, verdictOf } from './reasons.ts';
import { type Explanation, loadRego, type RegoPolicies, regoSources } from './rego-policies.ts';
import { loadWasmPolicy, type WasmPolicy, wasmFile } from './wasm-policy.ts';

export interface Policies {
  /** Never rejects: what goes wrong denies. */
  decide(facts: PolicyFacts): Promise<Verdict>;
  /** Which rules of policy.wasm gave something, and what they read, nobody can see. */
  explain(facts: PolicyFacts): Promise<Explanation>;
  close(): Promise<void>;
}

/** A change of more files is looked at by a thread. */
const mostFilesHere = 1000;
/** The evaluation ends by itself; this is for what it never comes back from. */
const limits = { timeMs: 30_000, memoryMb: 1024 };

/** `files`: name to path, as they are in force. Rejects with POLICY_INVALID. */
export async function openPolicies(files: ReadonlyMap<string, string>): Promise<Policies> {
  const sources = regoSources(files);
  const rego = loadRego(sources);
  const path = files.get(wasmFile);
  const wasm = path === undefined ? undefined : await loadWasmPolicy(path);
  if (wasm) await refuseTwice(rego, wasm);
  let thread: BoundedThread<PolicyFacts, Verdict> | undefined;

  return {
    async decide(facts) {
      const isLarge = facts.effects.files.length > mostFilesHere;
      return together(isLarge ? await decideInThread(facts) : rego.decide(facts), facts);
    },
    async explain(facts) {
      const explanation = rego.explain(facts);
      return { ...explanation, verdict: await together(explanation.verdict, facts) };
    },
    async close() {
      await Promise.all([wasm?.close(), thread?.close()]);
    },
  };

  async function together(verdict: Verdict, facts: PolicyFacts): Promise<Verdict> {
    return wasm ? verdictOf([...verdict.reasons, ...(await wasm.reasons(facts))]) : verdict;
  }

  async function decideInThread(facts: PolicyFacts): Promise<Verdict> {
    thread ??= boundedThread('rego-thread', limits, sources);
    try {
      return await thread.ask(facts);
    } catch (error) {
      const message = `The policies could not be evaluated: ${(error as Error).message}`;
      const reason: Reason = { policy: 'arbiter', rule: 'eval_error', message };
      return verdictOf([reason]);
    }
  }
}

async function refuseTwice(rego: RegoPolicies, wasm: WasmPolicy): Promise<void> {
  const both = wasm.packages.find((name) => rego.packages.includes(name));
  if (both === undefined) return;
  await wasm.close();
  throw fault('POLICY_INVALID', {
    file: wasmFile,
    detail: `it has the package arbiter.${both}, as a file in Rego has`,
    expectation: 'Each package in one file',
    hint: 'Rename the package in one of them.',
  });
}
