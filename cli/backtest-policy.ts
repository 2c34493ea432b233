// arbiter backtest --policy: what other policies would have said about the tasks of the ledger.
import type { TaskBody } from '../contracts/generated/ledger.v1.ts';
import { homePolicies } from '../kernel/home-policies.ts';
import { recordedFacts } from '../kernel/journey/recorded-facts.ts';
import { newEffectStore } from '../kernel/safety/effect-store.ts';
import { openReader } from '../ledger/reader.ts';
import { openPolicies } from '../policies/policies.ts';
import { type Context, demandHome } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { plain } from './output.ts';

const atOnce = 1000;

interface Difference {
  readonly id: string;
  readonly entry: number;
  readonly was: 'allow' | 'deny';
  readonly would: 'allow' | 'deny';
  readonly reasons: readonly string[];
}

export async function showPolicyBacktest(context: Context, policy: string, since: Date | null): Promise<void> {
  const home = demandHome(context);
  const policies = await openPolicies(homePolicies(home, policy).files);
  const store = newEffectStore(home.effects);
  const differences: Difference[] = [];
  let [asked, incomplete, seen] = [0, 0, 0];
  const reader = openReader(home.ledger);
  try {
    for (;;) {
      const entries = reader.after(seen, atOnce);
      const last = entries.at(-1);
      if (!last) break;
      for (const { seq, taskKey, body, envelope } of entries) {
        if (body.kind !== 'task' || !body.plugin || body.applies || body.rollsBack) continue;
        if (since && new Date(envelope.time) < since) continue;
        asked++;
        const { facts, notSearched } = await recordedFacts(body, store);
        if (notSearched.length > 0) incomplete++;
        const { decision, reasons } = await policies.decide(facts);
        const was = wasDenied(body) ? 'deny' : 'allow';
        if (decision !== was)
          differences.push({
            id: taskKey,
            entry: seq,
            was,
            would: decision,
            reasons: reasons.map(({ message }) => message),
          });
      }
      seen = last.seq;
    }
  } finally {
    reader.close();
  }
  context.output.show({ asked, incomplete, differences }, plain(report(asked, incomplete, differences)));
  if (differences.length > 0) process.exitCode = exitCodes.someFailed;
}

function wasDenied({ error }: TaskBody): boolean {
  return error?.code === 'POLICY_DENIED';
}

function report(asked: number, incomplete: number, differences: readonly Difference[]): string {
  return [
    ...differences.map(
      ({ id, entry, would, reasons }) =>
        `${id} [entry ${entry}]: would be ${would === 'allow' ? 'allowed' : `denied: ${reasons.join('; ')}`}`,
    ),
    `${asked} tasks asked about, ${differences.length} would end otherwise.`,
    ...(incomplete > 0
      ? [`Of ${incomplete} the content is not kept in whole: what is gone was not searched for secrets.`]
      : []),
  ].join('\n');
}
