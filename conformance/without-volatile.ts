import type { LedgerContract } from '../contracts/generated/ledger-contract.v1.ts';

/** The output without what the ledger contract lets differ from run to run. */
export function withoutVolatile(output: unknown, contract: LedgerContract): unknown {
  const copy = structuredClone(output);
  for (const pointer of contract.volatile) {
    const keys = pointer.split('/').slice(1);
    const last = keys.pop() as string;
    const holder = keys.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], copy);
    if (typeof holder === 'object' && holder !== null) delete (holder as Record<string, unknown>)[last];
  }
  return copy;
}
