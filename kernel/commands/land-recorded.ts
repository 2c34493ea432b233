// Brings effects into place as they were recorded: the same way as at the end of a journey, with contents from effects/.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { ArbiterError, fault } from '../../contracts/errors.ts';
import type { Envelope, FileEffect, GitTarget, TaskBody } from '../../contracts/generated/ledger.v1.ts';
import type { Past } from '../audit/audit.ts';
import { inFolder } from '../landing/in-folder.ts';
import { type LandingRecord, land, type Part } from '../landing/land.ts';
import { landingKey, onBranch } from '../landing/on-branch.ts';
import { outsideParts } from '../landing/outside.ts';
import { takeTree, writeTree } from '../safety/git-commit.ts';
import { demandKept, demandPack, keepBefore, stageContents } from '../safety/recorded-contents.ts';
import { removeTree } from '../safety/remove-tree.ts';
import { bringPack } from '../safety/take-commits.ts';
import type { CommandParts } from './parts.ts';

export interface Recorded {
  readonly taskKey: string;
  /** The outcome that follows when its effects are in place. */
  readonly body: TaskBody;
  readonly envelope: Partial<Envelope>;
  /** The commit's moment, RFC 3339. */
  readonly claimedAt: string;
}

/** Throws what stands in the way, with nothing changed; what could be done in part only is an outcome, quarantined. */
export async function landRecorded(parts: CommandParts, recorded: Recorded): Promise<Past> {
  const { taskKey, body } = recorded;
  const { effects } = body;
  const all = outsideParts(taskKey, body, parts);
  if (!effects || effects.files.length === 0) return concluding(parts, recorded, (record) => land(all, record));
  demandInPlace(parts, effects.target.path);
  return concluding(parts, recorded, (record) =>
    parts.oneAtATime(landingKey(effects.target, taskKey), async () => {
      demandKept(effects.files, parts.store);
      if (effects.target.kind === 'git' && effects.target.pack) demandPack(effects.target.pack, parts.store);
      await land([filesPart(parts, recorded, effects), ...all], record);
    }),
  );
}

function filesPart(
  parts: CommandParts,
  { taskKey, claimedAt }: Recorded,
  { target, files }: NonNullable<TaskBody['effects']>,
): Part {
  const { store } = parts;
  if (target.kind === 'folder') return inFolder({ target, files, store }, () => keepBefore(target.path, files, store));
  return onBranch({ taskId: taskKey, target, claimedAt, bringTree: () => writeRecorded(parts, target, files) });
}

/** Writes the tree of a plan into its repository: what was written beside the copy is gone. */
async function writeRecorded(
  { store, copies }: CommandParts,
  { path, base, tree, pack }: GitTarget,
  files: readonly FileEffect[],
): Promise<void> {
  const root = join(copies, uuidv7());
  try {
    const contents = await stageContents(files, store, root);
    if (pack) {
      const file = join(contents.aside, 'commits.pack');
      await writeFile(file, demandPack(pack, store));
      await bringPack(path, file, join(contents.aside, 'objects'));
      await takeTree(path, contents);
    }
    const written = await writeTree(path, base, contents, files, { into: 'repository' });
    if (written !== tree) throw new Error(`The recorded effects gave the tree ${written}, not ${tree}.`);
  } finally {
    await removeTree(root);
  }
}

/** Gives `carryOut` what writes its entries; gives the outcome's entry. */
export async function concluding(
  { audit }: CommandParts,
  { taskKey, body, envelope }: Pick<Recorded, 'taskKey' | 'body' | 'envelope'>,
  carryOut: (record: LandingRecord) => Promise<void>,
): Promise<Past> {
  let past: Past | undefined;
  try {
    await carryOut({
      prepared: (extra) => audit.prepare(taskKey, body, { ...envelope, ...extra }),
      aborted: (error) => audit.aborted(taskKey, error),
      async done(extra) {
        past = await audit.conclude(taskKey, body, { ...envelope, ...extra });
      },
    });
  } catch (error) {
    if (!(error instanceof ArbiterError) || error.code !== 'EFFECT_HALF_APPLIED') throw error;
    const { code, message, remedy } = error;
    const failed: TaskBody = { ...body, outcome: 'quarantined', error: { code, message } };
    return audit.conclude(taskKey, failed, { ...envelope, note: remedy });
  }
  return past as Past;
}

/** The workspace has to be granted still, and has to be where it was. Throws the WORKSPACE_… fault that applies. */
export function demandInPlace({ grants }: CommandParts, path: string): void {
  const real = grants.resolve(path).path;
  if (real !== path) throw fault('WORKSPACE_MOVED', { conflicts: `${path} leads to ${real}` });
}
