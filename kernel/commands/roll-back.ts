// arbiter rollback: the inverse of what a task did, as long as nothing of it has moved on.
import { ArbiterError, fault } from '../../contracts/errors.ts';
import type {
  EffectSet,
  Envelope,
  FileEffect,
  FolderTarget,
  GitTarget,
  TaskBody,
} from '../../contracts/generated/ledger.v1.ts';
import type { StoredEntry } from '../../ledger/reader.ts';
import type { EffectCommand } from '../control.ts';
import { land, type Part } from '../landing/land.ts';
import { landingKey } from '../landing/on-branch.ts';
import { requestLine } from '../outbox/outbox.ts';
import { applyToFolder, conflicts } from '../safety/apply-effects.ts';
import { inverseOf } from '../safety/inverse.ts';
import { demandKept } from '../safety/recorded-contents.ts';
import { alsoOn, type BranchUndo, branchMoved, undoBranch } from '../safety/undo-branch.ts';
import { outcomesOf, rollbackKey, rollbackOf, taskKeyOf } from './find-task.ts';
import { concluding, demandInPlace } from './land-recorded.ts';
import type { Answer, CommandParts } from './parts.ts';

export async function rollBack(parts: CommandParts, { id, actor, reason }: EffectCommand): Promise<Answer> {
  const taskKey = taskKeyOf(parts.ledger, id);
  return parts.perTask(taskKey, async () => {
    const { done, effects } = findDone(parts, taskKey);
    const { target } = effects;
    demandInPlace(parts, target.path);
    const inverse = inverseOf(effects.files);
    const recorded = {
      taskKey: rollbackKey(taskKey),
      body: {
        ...{ schema: 'ledger.v1', kind: 'task', task: null, taskDigest: done.bodyHash, decisions: [] },
        ...{ effects: { target, files: inverse }, rollsBack: done.bodyHash, outcome: 'done' },
      } satisfies TaskBody,
      envelope: { actor, concerns: done.seq, ...(reason !== undefined && { reason }) },
    } as const;
    const back = target.kind === 'folder' ? folderBack(parts, target, taskKey, inverse) : branchBack(target, done);
    const past = await parts.oneAtATime(landingKey(target, taskKey), () =>
      concluding(parts, recorded, (record) => land([asPart(back, taskKey, done.body)], record)),
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

function folderBack(
  { store }: CommandParts,
  { path }: FolderTarget,
  id: string,
  inverse: readonly FileEffect[],
): TakingBack {
  return {
    async prepare() {
      demandKept(inverse, store);
      const moved = conflicts(path, inverse);
      if (moved.length > 0) throw fault('ROLLBACK_CONFLICT', { id, conflicts: moved.join(', ') });
      return {};
    },
    apply: async () => applyToFolder(path, inverse, store),
  };
}

function branchBack(target: GitTarget, { taskKey, envelope }: StoredEntry<TaskBody>): TakingBack {
  // Where the branch was before has been written down with the outcome; a branch of the task's own was not there.
  const { commit = '', branch = '', branchBefore: before = target.ref === null ? null : target.base } = envelope;
  const undo: BranchUndo = {
    ...{ repository: target.path, branch, commit, before, reason: `arbiter ${rollbackKey(taskKey)}` },
  };
  return {
    async prepare() {
      const moved = await branchMoved(undo);
      if (moved !== null) throw fault('ROLLBACK_CONFLICT', { id: taskKey, conflicts: moved });
      const merged = await alsoOn(target.path, branch, commit);
      const notes = [
        before === null ? `The branch ${branch} was removed.` : `The branch ${branch} is back at ${before}.`,
        ...(merged.length > 0 ? [`Its commit is also in ${merged.join(', ')}; that was left as it is.`] : []),
      ];
      return { commit, branch, branchBefore: before, note: notes.join(' ') };
    },
    apply: () => undoBranch(undo),
  };
}

interface TakingBack {
  prepare(): Promise<Partial<Envelope>>;
  apply(): Promise<void>;
}

function asPart({ prepare, apply }: TakingBack, id: string, { requests = [] }: TaskBody): Part {
  return {
    prepare,
    async apply() {
      await apply().catch((error) => {
        // What stands in the way of taking back is no reason to run the task again.
        if (!(error instanceof ArbiterError) || !['WORKSPACE_MOVED', 'WORKSPACE_REF_BUSY'].includes(error.code))
          throw error;
        throw fault('ROLLBACK_CONFLICT', { id, conflicts: error.message.replace(/^[^:]*changed meanwhile: /, '') });
      });
      if (requests.length === 0) return {};
      return { note: `What it sent cannot be taken back: ${requests.map(requestLine).join(', ')}.` };
    },
    undo: async () => undefined,
  };
}
