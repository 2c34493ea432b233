// arbiter rollback: the inverse of what a task did, as long as nothing of it has moved on.
import { ArbiterError, fault } from '../../contracts/errors.ts';
import type { EffectSet, FolderTarget, GitTarget, TaskBody } from '../../contracts/generated/ledger.v1.ts';
import type { StoredEntry } from '../../ledger/reader.ts';
import type { Past } from '../audit/audit.ts';
import type { EffectCommand } from '../control.ts';
import { applyToFolder, conflicts } from '../safety/apply-effects.ts';
import { inverseOf } from '../safety/inverse.ts';
import { abortedUnless, type Landing, landingKey } from '../safety/land-effects.ts';
import { demandKept } from '../safety/recorded-contents.ts';
import { alsoOn, type BranchUndo, branchMoved, undoBranch } from '../safety/undo-branch.ts';
import { outcomesOf, rollbackKey, rollbackOf, taskKeyOf } from './find-task.ts';
import { concluding, demandInPlace, type Recorded } from './land-recorded.ts';
import type { Answer, CommandParts } from './parts.ts';

export async function rollBack(parts: CommandParts, { id, actor, reason }: EffectCommand): Promise<Answer> {
  const taskKey = taskKeyOf(parts.ledger, id);
  return parts.perTask(taskKey, async () => {
    const { done, effects } = findDone(parts, taskKey);
    const { target } = effects;
    demandInPlace(parts, target.path);
    const recorded: Omit<Recorded, 'claimedAt'> = {
      taskKey: rollbackKey(taskKey),
      body: {
        ...{ schema: 'ledger.v1', kind: 'task', task: null, taskDigest: done.bodyHash, decisions: [] },
        ...{ effects: { target, files: inverseOf(effects.files) }, rollsBack: done.bodyHash, outcome: 'done' },
      },
      envelope: { actor, concerns: done.seq, ...(reason !== undefined && { reason }) },
    };
    const past = await parts.oneAtATime(landingKey(target, taskKey), () =>
      target.kind === 'folder'
        ? rollBackFolder(parts, target, taskKey, recorded)
        : rollBackBranch(parts, target, done, recorded),
    );
    return { ...parts.pastOutcome(past), id: taskKey };
  });
}

function findDone(
  { ledger, waiting, homePath }: CommandParts,
  id: string,
): { done: StoredEntry<TaskBody>; effects: EffectSet } {
  const nothing = (detail: string) => fault('NOTHING_TO_ROLL_BACK', { id, detail });
  const done = outcomesOf(ledger, id).at(-1);
  if (!done && waiting.get(id)) throw nothing('it waits, and nothing of it was applied');
  if (!done) throw fault('TASK_NOT_FOUND', { id, where: homePath });
  const { outcome, effects, rollsBack } = done.body;
  if (rollsBack !== undefined) throw nothing('it is a rollback itself');
  if (outcome === 'planned') throw nothing('it is a plan that was not applied');
  if (outcome !== 'done') throw nothing(`it ended ${outcome}`);
  if (!effects || effects.files.length === 0) throw nothing('it changed no file');
  const before = rollbackOf(ledger, done);
  if (before) throw fault('ROLLED_BACK_ALREADY', { id, entry: before.seq });
  return { done, effects };
}

function rollBackFolder(
  parts: CommandParts,
  { path }: FolderTarget,
  id: string,
  recorded: Omit<Recorded, 'claimedAt'>,
): Promise<Past> {
  const { files } = recorded.body.effects;
  return concluding(parts, recorded, async (landing) => {
    demandKept(files, parts.store);
    const moved = conflicts(path, files);
    if (moved.length > 0) throw fault('ROLLBACK_CONFLICT', { id, conflicts: moved.join(', ') });
    await landing.prepared();
    await undoing(id, landing, async () => applyToFolder(path, files, parts.store));
    await landing.done();
  });
}

function rollBackBranch(
  parts: CommandParts,
  target: GitTarget,
  { taskKey, envelope }: StoredEntry<TaskBody>,
  recorded: Omit<Recorded, 'claimedAt'>,
): Promise<Past> {
  // Where the branch was before has been written down with the outcome; a branch of the task's own was not there.
  const { commit = '', branch = '', branchBefore: before = target.ref === null ? null : target.base } = envelope;
  const undo: BranchUndo = { repository: target.path, branch, commit, before, reason: `arbiter ${recorded.taskKey}` };
  return concluding(parts, recorded, async (landing) => {
    const moved = await branchMoved(undo);
    if (moved !== null) throw fault('ROLLBACK_CONFLICT', { id: taskKey, conflicts: moved });
    const merged = await alsoOn(target.path, branch, commit);
    const extra = {
      ...{ commit, branch, branchBefore: before },
      note: [
        before === null ? `The branch ${branch} was removed.` : `The branch ${branch} is back at ${before}.`,
        ...(merged.length > 0 ? [`Its commit is also in ${merged.join(', ')}; that was left as it is.`] : []),
      ].join(' '),
    };
    await landing.prepared(extra);
    await undoing(taskKey, landing, () => undoBranch(undo));
    await landing.done(extra);
  });
}

/** What stands in the way of taking back is no reason to run the task again. */
async function undoing(id: string, landing: Landing, undo: () => Promise<void>): Promise<void> {
  await abortedUnless(landing, async () => {
    try {
      await undo();
    } catch (error) {
      if (!(error instanceof ArbiterError) || !['WORKSPACE_MOVED', 'WORKSPACE_REF_BUSY'].includes(error.code))
        throw error;
      throw fault('ROLLBACK_CONFLICT', { id, conflicts: error.message.replace(/^[^:]*changed meanwhile: /, '') });
    }
  });
}
