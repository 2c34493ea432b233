// arbiter promote: puts changed tables into force, for all tasks or for a share of them, and writes down that it did.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { newAudit } from '../kernel/audit/audit.ts';
import type { Home } from '../kernel/home.ts';
import { digestOf } from '../ledger/digest.ts';
import { openLedger } from '../ledger/writer.ts';
import { loadDecisions } from '../process/decide.ts';
import type { Backtest } from '../process/decisions/backtest.ts';
import { canaryName } from '../process/decisions/canary.ts';
import { loadDecisionSet } from '../process/decisions/decision-set.ts';
import { asPercent } from './arguments.ts';
import { backtestLedger, backtestText } from './backtest-table.ts';
import { contextOf, demandHome } from './context.ts';
import { plain } from './output.ts';
import { userName } from './user-name.ts';

interface Promotion {
  readonly version: string;
  /** Digest of the home's tables before, or null where it had none of its own. */
  readonly before: string | null;
  /** 100: for all tasks. */
  readonly percent: number;
  readonly file: string;
  /** Tables that the home's own file had and this one has not: the package's are in force again. */
  readonly dropped: readonly string[];
}

export function addPromote(program: Command): void {
  program
    .command('promote')
    .description('puts changed tables into force in this home, and writes down that it did; no kernel may run')
    .argument('<file>', 'the DMN file')
    .option('--canary <percent>', 'only for this share of tasks, by a hash of their ids', asPercent)
    .action(async (file: string, { canary }: { canary?: number }, command: Command) => {
      const context = contextOf(command);
      const home = demandHome(context);
      await loadDecisions([file]);
      const decisions = [...(await loadDecisionSet([file])).decisions.keys()];
      const found = existsSync(home.ledger) ? await backtestLedger(home.ledger, file, null) : null;
      const promotion = await promote(home, file, canary ?? 100, decisions, found);
      context.output.show({ ...promotion, decisions, backtest: found }, plain(promotedText(promotion, found, file)));
    });
}

/** Keeps the version, writes the entry, puts the file in its place: in this order, so that one cut short is done again. */
async function promote(
  home: Home,
  source: string,
  percent: number,
  decisions: readonly string[],
  found: Backtest | null,
): Promise<Promotion> {
  const bytes = readFileSync(source);
  const inForce = join(home.process, 'decisions.dmn');
  const version = digestOf(bytes);
  const before = existsSync(inForce) ? digestOf(readFileSync(inForce)) : null;
  const own = before === null ? [] : [...(await loadDecisionSet([inForce])).decisions.keys()];
  const dropped = percent === 100 ? own.filter((id) => !decisions.includes(id)) : [];
  const file = percent === 100 ? inForce : canaryName(inForce, percent);
  const writer = await openLedger(home.ledger);
  try {
    const versions = join(home.process, 'versions');
    mkdirSync(versions, { recursive: true });
    if (before !== null) copyFileSync(inForce, keptAs(versions, before));
    writeFileSync(keptAs(versions, version), bytes);
    const audit = newAudit(writer, { isolation: 'process', policies: '' }, () => undefined);
    const differences = found ? found.differences.length : null;
    await audit.kernel('promoted', { version, before, percent, decisions, differences, actor: userName() });
    for (const canary of readdirSync(home.process).filter((name) => /^decisions\.canary-.*\.dmn$/.test(name)))
      rmSync(join(home.process, canary));
    writeFileSync(`${file}.new`, bytes);
    renameSync(`${file}.new`, file);
  } finally {
    await writer.close();
  }
  return { version, before, percent, file, dropped };
}

function keptAs(versions: string, digest: string): string {
  return join(versions, `${digest.slice('sha256:'.length)}.dmn`);
}

function promotedText({ version, percent, file, dropped }: Promotion, found: Backtest | null, source: string): string {
  const share = percent === 100 ? 'every task' : `${percent} in 100 tasks`;
  return [
    ...(found ? [backtestText(found, source)] : []),
    `${basename(file)} of this home is now ${version.slice(7, 19)}, for ${share} from the next start on.`,
    ...dropped.map((id) => `${id} is no longer in it: the package's own is in force again.`),
  ].join('\n');
}
