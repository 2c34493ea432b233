// Every command of the command line, and where it is. Loading them all takes longer than most of them do, so that only the
// one that was asked for is loaded.
import type { Command } from 'commander';

interface Listed {
  readonly names: readonly string[];
  /** Loads what adds the command to the program. */
  readonly load: () => Promise<(program: Command) => void>;
}

/** In the order in which help shows them. */
const commands: readonly Listed[] = [
  { names: ['init'], load: async () => (await import('./init.ts')).addInit },
  { names: ['start'], load: async () => (await import('./start.ts')).addStart },
  { names: ['submit'], load: async () => (await import('./submit.ts')).addSubmit },
  { names: ['workflow'], load: async () => (await import('./workflow/workflow.ts')).addWorkflow },
  { names: ['tasks'], load: async () => (await import('./tasks.ts')).addTasks },
  { names: ['show'], load: async () => (await import('./show.ts')).addShow },
  { names: ['explain'], load: async () => (await import('./explain.ts')).addExplain },
  { names: ['diff'], load: async () => (await import('./diff.ts')).addDiff },
  { names: ['plan'], load: async () => (await import('./plan.ts')).addPlan },
  {
    names: ['apply', 'approve', 'reject', 'rollback'],
    load: async () => (await import('./decide-effects.ts')).addDecideEffects,
  },
  { names: ['decide'], load: async () => (await import('./decide.ts')).addDecide },
  { names: ['backtest'], load: async () => (await import('./backtest.ts')).addBacktest },
  { names: ['promote'], load: async () => (await import('./promote.ts')).addPromote },
  { names: ['cancel'], load: async () => (await import('./cancel.ts')).addCancel },
  { names: ['retry'], load: async () => (await import('./retry.ts')).addRetry },
  { names: ['stop'], load: async () => (await import('./stop.ts')).addStop },
  { names: ['gc'], load: async () => (await import('./gc.ts')).addGc },
  { names: ['ledger'], load: async () => (await import('./ledger/ledger.ts')).addLedger },
  { names: ['plugin'], load: async () => (await import('./plugin/plugin.ts')).addPlugin },
  { names: ['policy'], load: async () => (await import('./policy.ts')).addPolicy },
  { names: ['conform'], load: async () => (await import('./conform.ts')).addConform },
  { names: ['doctor'], load: async () => (await import('./doctor.ts')).addDoctor },
];

/** Adds the command that `words` ask for; all of them where that is none, for help, completion and suggestions. */
export async function addCommands(program: Command, words: readonly string[]): Promise<'one' | 'all'> {
  const name = firstOperand(words);
  const asked = commands.find(({ names }) => names.includes(name ?? ''));
  for (const { load } of asked ? [asked] : commands) (await load())(program);
  return asked ? 'one' : 'all';
}

/** The first word that is neither an option nor the value of one. */
function firstOperand(words: readonly string[]): string | undefined {
  return words.find((word, index) => !word.startsWith('-') && words[index - 1] !== '--home');
}
