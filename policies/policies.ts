// All policies in force: those in Rego, and policy.wasm where there is one. Each has to allow.
import { fault } from '../contracts/errors.ts';
import type { PolicyFacts } from './facts.ts';
import { type Verdict, verdictOf } from './reasons.ts';
import { type Explanation, loadRego, type RegoPolicies } from './rego-policies.ts';
import { loadWasmPolicy, type WasmPolicy, wasmFile } from './wasm-policy.ts';

export interface Policies {
  /** Never rejects: what goes wrong denies. */
  decide(facts: PolicyFacts): Promise<Verdict>;
  /** Which rules of policy.wasm gave something, and what they read, nobody can see. */
  explain(facts: PolicyFacts): Promise<Explanation>;
  close(): Promise<void>;
}

/** `files`: name to path, as they are in force. Rejects with POLICY_INVALID. */
export async function openPolicies(files: ReadonlyMap<string, string>): Promise<Policies> {
  const rego = loadRego(files);
  const path = files.get(wasmFile);
  if (path === undefined)
    return { decide: async (facts) => rego.decide(facts), explain: async (facts) => rego.explain(facts), close };
  const wasm = await loadWasmPolicy(path);
  await refuseTwice(rego, wasm);
  return {
    decide: (facts) => together(rego.decide(facts), facts),
    async explain(facts) {
      const explanation = rego.explain(facts);
      return { ...explanation, verdict: await together(explanation.verdict, facts) };
    },
    close: () => wasm.close(),
  };

  async function together({ reasons }: Verdict, facts: PolicyFacts): Promise<Verdict> {
    return verdictOf([...reasons, ...(await wasm.reasons(facts))]);
  }
}

async function close(): Promise<void> {}

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
