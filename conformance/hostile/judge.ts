// Says of one case whether it was blocked, from what the plugin answered, how its task ended, and what is there outside.
import type { Outcome } from './attacks/attack.ts';
import type { After, Level, Verdict } from './case.ts';
import type { GroupedCase } from './cases/all.ts';
import type { Run } from './run-kernel.ts';

type Finding = Pick<Verdict, 'result' | 'detail'>;

const blocked = (detail: string): Finding => ({ result: 'blocked', detail });
const open = (detail: string): Finding => ({ result: 'open', detail });
const notTried = (detail: string): Finding => ({ result: 'not tried', detail });

export function judge(one: GroupedCase, level: Level, run: Run, id: string, after: After): Verdict {
  const { result, detail } = find(one, run, id, after);
  return { name: one.name, group: one.group, result, detail, declared: one.openAt?.[level] ?? null };
}

function find(one: GroupedCase, run: Run, id: string, after: After): Finding {
  const said = byResult(one, run, id);
  if (said.result === 'not tried') return said;
  const damage = one.outside?.(after) ?? null;
  return damage === null ? said : open(damage);
}

function byResult({ codes = [], says }: GroupedCase, run: Run, id: string): Finding {
  const bug = run.released.get(id);
  if (bug !== undefined) return open(`the kernel met a bug of its own: ${bug}`);
  const result = run.results.get(id);
  if (!result) return notTried('the task has no result');
  const { status, code, message, remedy, output } = result;
  if (code === undefined) return byAnswer(output as Outcome | undefined, status);
  const words = `${code}: ${message} ${remedy}`.slice(0, 300);
  if (!(codes as readonly string[]).includes(code))
    return codes.length > 0 ? open(`expected ${codes.join(' or ')}, got ${words}`) : notTried(words);
  return says && !says.test(words) ? open(`the message lacks ${says.source}: ${words}`) : blocked(words);
}

function byAnswer(answer: Outcome | undefined, status: string): Finding {
  if (answer?.outcome === 'contained') return blocked(answer.detail);
  if (answer?.outcome === 'escaped') return open(answer.detail);
  return notTried(answer?.detail ?? `the task ended as ${status}, without an answer`);
}

/** A folder that was spoilt before the kernel started: the kernel has to start, and to serve the plugin beside it. */
export function judgeSpoilt(one: GroupedCase, run: Run, hostileId: string, controlId: string): Verdict {
  return { name: one.name, group: one.group, declared: null, ...findSpoilt(run, hostileId, controlId) };
}

function findSpoilt(run: Run, hostileId: string, controlId: string): Finding {
  if (run.unavailable !== null) return open(`the kernel did not start: ${run.unavailable}`);
  if (!run.started)
    return open(`the kernel did not start: ${lastLine(run.stderr) || 'it hung, and was ended by the runner'}`);
  const control = run.results.get(controlId);
  if (control?.status !== 'done')
    return open(`the plugin beside it was not served: ${control?.message ?? 'no result'}`);
  const hostile = run.results.get(hostileId);
  return hostile ? blocked(hostile.code ?? hostile.status) : notTried('the task has no result');
}

function lastLine(text: string): string {
  return (
    text
      .trim()
      .split('\n')
      .find((line) => line.includes('Error')) ?? ''
  );
}
