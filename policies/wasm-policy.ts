// policy.wasm: policies that OPA compiled. Entrypoints arbiter/NAME/allow have to be true; arbiter/NAME/deny gives reasons.
import { readFileSync } from 'node:fs';
import { fault } from '../contracts/errors.ts';
import { type BoundedThread, boundedThread } from './bounded-thread.ts';
import { decidingPackages, entrypoint } from './entrypoints.ts';
import type { PolicyFacts } from './facts.ts';
import { type Reason, reasonsOf } from './reasons.ts';
import { fromJson, type Value } from './rego/values.ts';
import type { WasmAnswer, WasmQuestion } from './wasm-thread.ts';

export const wasmFile = 'policy.wasm';

export interface WasmPolicy {
  /** The packages that decide, below `arbiter`. */
  readonly packages: readonly string[];
  /** Why it does not allow it. Never rejects: what goes wrong denies. */
  reasons(facts: PolicyFacts): Promise<Reason[]>;
  close(): Promise<void>;
}

const limits = { timeMs: 1000, memoryMb: 256 };

/** Loads the module at `path`. Rejects with POLICY_INVALID. */
export async function loadWasmPolicy(path: string): Promise<WasmPolicy> {
  const thread = boundedThread<WasmQuestion, WasmAnswer>('wasm-thread', limits, readFileSync(path));
  try {
    const names = (await thread.ask('entrypoints')) as readonly string[];
    const packages = decidingPackages(names);
    return {
      packages,
      reasons: async (facts) => {
        const asked = packages.map((policy) => reasonsOfPackage(thread, policy, names, facts));
        return (await Promise.all(asked)).flat();
      },
      close: () => thread.close(),
    };
  } catch (error) {
    await thread.close();
    throw fault('POLICY_INVALID', {
      file: wasmFile,
      detail: (error as Error).message,
      expectation: 'A module that `opa build -t wasm` made, with an entrypoint arbiter/NAME/allow',
      hint: 'Name the entrypoint when you compile: opa build -t wasm -e arbiter/NAME/allow -e arbiter/NAME/deny.',
    });
  }
}

async function reasonsOfPackage(
  thread: BoundedThread<WasmQuestion, WasmAnswer>,
  policy: string,
  names: readonly string[],
  input: PolicyFacts,
): Promise<Reason[]> {
  const entrypoints = (['allow', 'deny'] as const)
    .map((rule) => entrypoint(policy, rule))
    .filter((name) => names.includes(name));
  try {
    const answers = (await thread.ask({ input, entrypoints })) as readonly (readonly unknown[])[];
    const [allow, deny] = answers.map(only);
    return reasonsOf(policy, allow, deny);
  } catch (error) {
    const message = `${wasmFile} could not be evaluated: ${(error as Error).message}`;
    return [{ policy, rule: 'eval_error', message }];
  }
}

function only([result]: readonly unknown[]): Value | undefined {
  return result === undefined ? undefined : fromJson(result);
}
