// Leaves a plugin alone for a while when it has failed again and again: its circuit opens, then one task is let through to
// try, and what becomes of that closes it or opens it anew. Invariant: the file says what the circuits are as soon as a
// failure has been counted, so that a kernel that was killed does not begin to count from nothing.
import { renameSync, writeFileSync } from 'node:fs';
import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';
import type { CircuitRecord } from '../../contracts/generated/ledger.v1.ts';
import { type KeptCircuit, readCircuits } from './kept-circuits.ts';

export interface CircuitOptions {
  /** Faults in a row that open it. */
  readonly failures: number;
  /** How long nothing is let through then. */
  readonly openMs: number;
}

/** How an attempt ended, as far as the plugin is concerned; `fault` is the code of what it did wrong. */
export type Ending = 'answered' | 'cannot tell' | { readonly fault: string };

export interface Attempt {
  /** Once, when it has ended. */
  end(how: Ending): void;
}

export interface Admission {
  /** What the circuit is, where it is not closed. */
  readonly circuit: CircuitRecord | undefined;
  /** Undefined when nothing may be run. */
  readonly attempt: Attempt | undefined;
}

export interface Breakers {
  /** Asks for an attempt of the plugin `id`, whose bytes have `digest`: another version starts with a closed circuit. */
  admit(id: string, digest: string): Admission;
}

class PluginFault extends Error {}
class CannotTell extends Error {}

type Policy = ReturnType<typeof policyFrom>;
interface Circuit {
  readonly digest: string;
  readonly options: CircuitOptions;
  policy: Policy;
  because: string;
}

/** `file` keeps the state. */
export function newBreakers(file: string, optionsOf: (id: string) => CircuitOptions): Breakers {
  const circuits = new Map<string, Circuit>();
  let kept = '';
  for (const [id, { digest, because, openedAt, failures }] of Object.entries(readCircuits(file))) {
    const options = optionsOf(id);
    circuits.set(id, { digest, options, because, policy: policyFrom(options, failures, openedAt) });
  }

  function circuitOf(id: string, digest: string): Circuit {
    const known = circuits.get(id);
    if (known?.digest === digest) return known;
    const options = optionsOf(id);
    const made = { digest, options, because: '', policy: policyFrom(options, 0, null) };
    circuits.set(id, made);
    return made;
  }

  function keep(): void {
    const worthKeeping = [...circuits].map(([id, circuit]) => [id, keptOf(circuit)] as const);
    const text = JSON.stringify(Object.fromEntries(worthKeeping.filter(([, { failures }]) => failures > 0)), null, 2);
    if (text === kept) return;
    writeFileSync(`${file}.new`, `${text}\n`);
    renameSync(`${file}.new`, file);
    kept = text;
  }

  return {
    admit(id, digest) {
      const circuit = circuitOf(id, digest);
      const { policy } = circuit;
      const probe = policy.state === CircuitState.Open;
      const { failures } = keptOf(circuit);
      let conclude: ((how: Ending) => void) | undefined;
      // A second task would be made to wait for the first one's end; here it is refused.
      if (policy.state !== CircuitState.HalfOpen)
        void policy
          .execute(
            () =>
              new Promise<void>((resolve, reject) => {
                conclude = (how) => {
                  if (how === 'answered') return resolve();
                  if (how === 'cannot tell') return reject(new CannotTell());
                  circuit.because = how.fault;
                  reject(new PluginFault());
                };
              }),
          )
          .catch((error: Error) => {
            // cockatiel would take it for a success of the probe. Another task has to try.
            if (probe && error instanceof CannotTell && circuit.policy === policy)
              circuit.policy = policyFrom(circuit.options, failures, 0);
          })
          .then(() => conclude && keep());
      if (!conclude) return { circuit: recordOf(circuit, 'open'), attempt: undefined };
      return { circuit: probe ? recordOf(circuit, 'half-open') : undefined, attempt: { end: conclude } };
    },
  };
}

function recordOf(circuit: Circuit, state: CircuitRecord['state']): CircuitRecord {
  const { failures, openedAt } = keptOf(circuit);
  const opens = state === 'open' && openedAt ? new Date(openedAt + circuit.options.openMs).toISOString() : undefined;
  return { state, failures, because: circuit.because, ...(opens && { until: opens }) };
}

function keptOf({ digest, because, options, policy }: Circuit): KeptCircuit {
  const { ownState, breakerState } = policy.toJSON() as {
    ownState: { value: CircuitState; openedAt?: number };
    breakerState: number;
  };
  const openedAt = ownState.value === CircuitState.Open ? (ownState.openedAt ?? 0) : null;
  return { digest, because, failures: breakerState, openedAt, openMs: options.openMs };
}

/** A circuit after `failures` faults in a row; open since `openedAt`, or closed when that is null. */
function policyFrom({ failures: most, openMs }: CircuitOptions, failures: number, openedAt: number | null) {
  const ownState =
    openedAt === null
      ? { value: CircuitState.Closed }
      : { value: CircuitState.Open, openedAt: Math.min(openedAt, Date.now()), attemptNo: 1 };
  return circuitBreaker(
    handleWhen((error) => error instanceof PluginFault),
    {
      halfOpenAfter: openMs,
      breaker: new ConsecutiveBreaker(most),
      initialState: { ownState, breakerState: failures },
    },
  );
}
