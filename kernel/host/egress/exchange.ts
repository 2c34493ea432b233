// One request under way: what is known of it so far, and what to cut if its task ends first. It is recorded once.
import type { NetworkRequest } from '../../../contracts/generated/ledger.v1.ts';

/** Takes a request that has ended, allowed or not. */
export type Recorder = (request: NetworkRequest) => void;

export interface Exchange {
  /** Filled in on the way. */
  readonly entry: NetworkRequest;
  readonly over: boolean;
  /** What `cut` has to break off; the entry may still be changed then. */
  onCut(breakOff: () => void): void;
  /** Records it, unless that has been done. */
  end(): void;
  /** Breaks off what is under way and records it. */
  cut(): void;
  /** Forgets it: what it carries is recorded by itself. */
  discard(): void;
}

/** Adds an exchange to those that are `live`, until it is over. */
export function newExchange(method: string, live: Set<Exchange>, record: Recorder): Exchange {
  const entry: NetworkRequest = { host: '', port: 0, method, verdict: 'allowed', sent: 0, received: 0 };
  const breaks: (() => void)[] = [];
  const exchange: Exchange = {
    entry,
    get over() {
      return !live.has(exchange);
    },
    onCut: (breakOff) => breaks.push(breakOff),
    end() {
      if (live.delete(exchange)) record({ ...entry });
    },
    cut() {
      for (const breakOff of breaks) breakOff();
      exchange.end();
    },
    discard: () => live.delete(exchange),
  };
  live.add(exchange);
  return exchange;
}
