// Asks decisions. They are pure, so answers are kept by their inputs.
import type { DecisionRecord } from '../contracts/generated/ledger.v1.ts';
import { bucketOf, findCanary } from './decisions/canary.ts';
import type { CompiledTable, Facts } from './decisions/compile-table.ts';
import { type Askable, loadDecisionSet } from './decisions/decision-set.ts';
import type { RuleReport } from './decisions/explain-rules.ts';

export interface DecisionTables {
  /**
   * Asks the decision `id`; the record says which version and which rule answered, and on which inputs. `task` is the id
   * of the task that it is about: a canary answers its share of tasks, and none where no task is named. Throws
   * TABLE_INVALID where rules clash.
   */
  decide(id: string, facts: Facts, task?: string): Promise<DecisionRecord>;
  /** Whether there is a decision of that id. */
  has(id: string): boolean;
  /** Names of what the decision depends on: its columns' expressions, or the input data of all that it requires. */
  inputsOf(id: string): readonly string[];
  /** Why each rule of the table `id` fires or does not. Empty where the decision is no table. */
  explain(id: string, facts: Facts): Promise<RuleReport[]>;
  /** Every table by id. */
  readonly tables: ReadonlyMap<string, CompiledTable>;
}

const mostAnswers = 10_000;

/**
 * Loads the decisions of `files`, in order; one of a later file replaces one of the same id. Files that are not there
 * are passed over, but there has to be a table. A canary beside one of them is loaded too. Throws TABLE_INVALID.
 */
export async function loadDecisions(files: readonly string[]): Promise<DecisionTables> {
  const { decisions, tables } = await loadDecisionSet(files);
  if (tables.size === 0) throw new Error(`No decision table was found in ${files.join(', ')}.`);
  const canary = findCanary(files);
  const tried = canary && (await loadDecisionSet([canary.file])).decisions;

  const demand = (id: string): Askable => {
    const decision = decisions.get(id);
    if (!decision) throw new Error(`There is no decision table ${id}.`);
    return decision;
  };
  /** The canary's decision where the task is of its share, else the one in force. */
  const chosen = (id: string, task: string | undefined): Askable => {
    const decision = demand(id);
    return (task !== undefined && canary && bucketOf(task) < canary.percent && tried?.get(id)) || decision;
  };

  const answers = new Map<string, Promise<DecisionRecord>>();
  return {
    tables,
    has: (id) => decisions.has(id),
    inputsOf: (id) => demand(id).names,
    explain: (id, facts) => demand(id).explain(demand(id).inputsOf(facts)),
    decide(id, facts, task) {
      const decision = chosen(id, task);
      const inputs = decision.inputsOf(facts);
      const key = `${id} ${decision.version} ${JSON.stringify(inputs)}`;
      const known = answers.get(key);
      if (known) return known;
      const answer = decision.answer(inputs).then(({ rules, inputs, output }) => ({
        table: id,
        version: decision.version,
        rules: [...rules],
        inputs,
        output,
      }));
      if (answers.size >= mostAnswers) answers.clear();
      answers.set(key, answer);
      return answer;
    },
  };
}
