// When the kernel dies next: at a random moment, or at a named point.
import { type CrashPoint, crashPoints } from '../../kernel/crash-point.ts';
import type { Random } from './random.ts';

/** Kills at a random moment: so long after the process, or the work, began; `whole` means all of its children, too. */
export type Kill =
  | { readonly kind: 'time'; readonly afterMs: number; readonly started: boolean; readonly whole: boolean }
  | { readonly kind: 'point'; readonly point: CrashPoint; readonly pass: number };

export interface KillPlan {
  /** `last` is the point at which the kernel died before, if it did at one. */
  next(last: CrashPoint | null): Kill;
}

const ofRecovery: readonly CrashPoint[] = ['in-recovery', 'after-recovered-effects'];
/** Points that leave a prepared entry without its outcome. */
const leavesPrepared: readonly CrashPoint[] = [
  'after-prepared',
  'between-files',
  'before-update-ref',
  'during-update-ref',
  'after-update-ref',
  'before-send',
  'after-send',
  'after-apply',
  ...ofRecovery,
];
const longestLifeMs = 800;

export function newKillPlan(random: Random): KillPlan {
  let named: CrashPoint[] = [];

  /** Each point comes as often as the others. */
  function nextPoint(): CrashPoint {
    if (named.length === 0) named = crashPoints.filter((point) => !ofRecovery.includes(point));
    return named.splice(random.between(0, named.length - 1), 1)[0] as CrashPoint;
  }

  return {
    next(last) {
      if (last !== null && leavesPrepared.includes(last) && random.next() < 0.6)
        return { kind: 'point', point: random.pick(ofRecovery), pass: 1 };
      if (random.next() < 0.5)
        return {
          kind: 'time',
          afterMs: random.between(30, longestLifeMs),
          started: random.next() < 0.5,
          whole: random.next() < 0.3,
        };
      return { kind: 'point', point: nextPoint(), pass: random.between(1, 3) };
    },
  };
}
