// Fall back: what the table fallback gives instead of a tool that has failed for good: another tool, an earlier result of
// the same task, or a value. What was fallen back to, and why, is in the entry.
import { ArbiterError, fault } from '../../contracts/errors.ts';
import type { DecisionRecord, TaskBody } from '../../contracts/generated/ledger.v1.ts';
import type { LedgerReader, StoredEntry } from '../../ledger/reader.ts';
import type { PastOutcome } from '../audit/past-outcome.ts';
import { profiles } from '../host/profiles.ts';
import { phrase } from '../validator/phrase.ts';
import type { ChoosePlugin, Chosen } from './choose-plugin.ts';
import type { Decide } from './decide.ts';
import type { Fallback, Journey, Step } from './journey.ts';

/** What the table answers. */
interface Choice {
  readonly action: string;
  readonly tool: string | null;
  readonly value: unknown;
}

/** Failures for which nothing is put in the place of the task. */
const final = ['CANCELLED', 'BUDGET_SPENT', 'POLICY_DENIED', 'EFFECT_HALF_APPLIED', 'GATE_FAILED'];
const none: Choice = { action: 'none', tool: null, value: null };

export type AskFallback = (journey: Journey) => Promise<Choice>;

/** Answers the table fallback; what it chose is kept in `journey.fallbacks` until it has been tried. */
export function newAskFallback(decide: Decide): AskFallback {
  return async (journey) => {
    const { error, tool, plugin, fallbacks } = journey;
    if (!error || !tool || !plugin || final.includes(error.code)) return none;
    const first = fallbacks[0];
    const record = await decide(journey, 'fallback', {
      tool: first?.tool ?? tool.name,
      code: first?.code ?? error.code,
      category: plugin.spec.category,
      fallbacks: fallbacks.length,
      tags: journey.line.task.tags ?? [],
      whatIf: journey.line.task.whatIf ?? false,
    });
    journey.decisions.pop();
    const choice = record.output as Choice;
    if (choice.action === 'none') return none;
    fallbacks.push(fallbackOf(choice, record, tool.name, error));
    return choice;
  };
}

function fallbackOf(
  { action }: Choice,
  decision: DecisionRecord,
  tool: string,
  { code, message }: ArbiterError,
): Fallback {
  return { action, decision, tool, code, message };
}

export interface FallBackParts {
  readonly choosePlugin: ChoosePlugin;
  readonly ledger: LedgerReader;
  readonly pastOutcome: PastOutcome;
}

/** Throws FALLBACK_UNFIT where that cannot be had. */
export function newFallBack({ choosePlugin, ledger, pastOutcome }: FallBackParts): Step {
  return async (journey) => {
    const fallback = journey.fallbacks.at(-1) as Fallback;
    const { action, tool, value } = fallback.decision.output as Choice;
    await forgetAttempt(journey);
    switch (action) {
      case 'tool':
        await takeTool(journey, `${tool}`);
        break;
      case 'cached':
        takeOutput(journey, takeCached(journey, fallback));
        break;
      case 'value':
        takeOutput(journey, value);
        break;
      default:
        throw unfit(action, 'the table fallback knows none, tool, cached and value');
    }
    journey.error = undefined;
  };

  async function takeTool(journey: Journey, name: string): Promise<void> {
    const { plugin, tool } = await chosen(journey, name);
    if (tool === journey.tool) throw unfit(name, 'it is the tool that has failed');
    const misfits = tool.checkInput(journey.line.task.input ?? {});
    if (misfits.length > 0) throw unfit(name, `the input of the task does not fit it: ${phrase(misfits).detail}`);
    journey.plugin = plugin;
    journey.tool = tool;
  }

  async function chosen(journey: Journey, name: string): Promise<Chosen> {
    try {
      return await choosePlugin(journey, name);
    } catch (error) {
      if (!(error instanceof ArbiterError)) throw error;
      throw unfit(name, error.message);
    }
  }

  function takeCached({ line }: Journey, fallback: Fallback): unknown {
    const past = ledger.latestDone(line.digest);
    if (!past) throw unfit('an earlier result', 'the ledger has none of the same task');
    if (changesAnything(past))
      throw unfit('an earlier result', `entry ${past.seq} changed something, and this would not`);
    fallback.entry = past.seq;
    return pastOutcome(past).output;
  }
}

function takeOutput(journey: Journey, output: unknown): void {
  const { tool, plugin } = journey;
  if (plugin && profiles[plugin.spec.category].workspace === 'write')
    throw unfit('a result', `${tool?.name} changes something, and a result would not`);
  const misfits = tool?.checkOutput(output) ?? [];
  if (misfits.length > 0)
    throw unfit('the value', `it does not fit what ${tool?.name} answers: ${phrase(misfits).detail}`);
  journey.output = output;
}

/** What the failed tool left is no part of what takes its place. */
async function forgetAttempt(journey: Journey): Promise<void> {
  await journey.copy?.discard();
  Object.assign(journey, { copy: undefined, effects: undefined, gates: [], submissions: [], requests: [] });
  delete journey.output;
}

function changesAnything({ body: { effects, requests, submissions } }: StoredEntry<TaskBody>): boolean {
  return effects !== undefined || requests !== undefined || submissions !== undefined;
}

function unfit(what: string, detail: string): ArbiterError {
  return fault('FALLBACK_UNFIT', { what, detail });
}
