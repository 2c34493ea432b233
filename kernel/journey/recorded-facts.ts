// What policies are asked about a task of the ledger: as far as its entry and effects/ hold it.
import type { RequestEffect, TaskBody } from '../../contracts/generated/ledger.v1.ts';
import type { Task } from '../../contracts/generated/task.v1.ts';
import type { Finding, PolicyFacts } from '../../policies/facts.ts';
import { type Content, findSecrets } from '../../policies/find-secrets.ts';
import { secretsInTask } from '../../policies/secrets-in-task.ts';
import { requestLine } from '../outbox/outbox.ts';
import { contentsOf } from '../safety/effect-contents.ts';
import type { EffectStore } from '../safety/effect-store.ts';
import { policyFacts, textsOf } from './policy-facts.ts';

export interface RecordedFacts {
  readonly facts: PolicyFacts;
  /** Files and requests whose content is not kept: they were not searched for secrets. */
  readonly notSearched: readonly string[];
}

/** After the effects where the entry has some, else before. */
export async function recordedFacts(body: TaskBody, store: EffectStore): Promise<RecordedFacts> {
  const { effects, plugin, grants, isolation = 'full', requests = [] } = body;
  const task = (body.task ?? {}) as Task;
  const phase: PolicyFacts['phase'] = effects || requests.length > 0 ? 'after' : 'before';
  const notSearched: string[] = [];
  const findings = [
    ...(await secretsInTask(textsOf(task))),
    ...(await findSecrets(keptContents(body, store, notSearched))),
    ...recordedFindings(body, notSearched),
  ];
  const spec = plugin && ({ ...plugin, grants } as unknown as Parameters<typeof policyFacts>[0]['plugin']);
  const parts = { task, plugin: spec, workspace: workspacePath(task), isolation, phase, effects, requests, findings };
  return { facts: policyFacts(parts), notSearched };
}

export function workspacePath({ workspace }: Task): string | undefined {
  return typeof workspace === 'string' ? workspace : workspace?.path;
}

/** One after the other, so that no more than one is held. What is not kept goes to `notSearched`. */
async function* keptContents(
  { effects, requests = [], rollsBack }: TaskBody,
  store: EffectStore,
  notSearched: string[],
): AsyncIterable<Content> {
  const read = effects && contentsOf(effects, rollsBack !== undefined, store);
  for (const file of effects?.files ?? [])
    if (file.after?.type === 'file') yield* kept(file.path, (await read?.(file, 'after')) ?? null);
  for (const request of requests) if (request.body) yield* kept(requestLine(request), requestContent(request, store));

  function* kept(path: string, content: Buffer | null): Iterable<Content> {
    if (content) yield { path, size: content.length, read: (most) => content.subarray(0, most) };
    else notSearched.push(path);
  }
}

function requestContent({ body }: RequestEffect, store: EffectStore): Buffer | null {
  try {
    return body ? store.get(body.digest) : null;
  } catch {
    return null;
  }
}

/** What was refused is not kept; the secret that it was refused for stands in its reasons. */
function recordedFindings({ verdicts = [] }: TaskBody, paths: readonly string[]): Finding[] {
  const secrets = verdicts.flatMap(({ reasons }) => reasons).filter(({ rule }) => rule === 'secret');
  return secrets.flatMap(({ message }) => {
    const [, path = '', line, what = ''] = /^(.*):(\d+) holds a secret \((.*)\)$/.exec(message) ?? [];
    return paths.includes(path) ? [{ kind: 'secret' as const, path, line: Number(line), message: what }] : [];
  });
}
