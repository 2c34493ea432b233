// What policies are told about a task: every field always there, whether the task has it or not.
import type { EffectSet, RequestEffect } from '../../contracts/generated/ledger.v1.ts';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import type { Task } from '../../contracts/generated/task.v1.ts';
import { type Finding, noEffects, type PolicyFacts, type RequestFact } from '../../policies/facts.ts';

export interface FactSources {
  readonly task: Task;
  readonly plugin: Pick<PluginSpec, 'id' | 'version' | 'category' | 'grants'> | undefined;
  /** Resolved; none where the tool works on none. */
  readonly workspace: string | undefined;
  readonly isolation: string;
  readonly phase: PolicyFacts['phase'];
  readonly effects: EffectSet | undefined;
  readonly requests: readonly RequestEffect[];
  readonly findings: readonly Finding[];
}

export function policyFacts({
  task,
  plugin,
  workspace,
  isolation,
  phase,
  effects,
  requests,
  findings,
}: FactSources): PolicyFacts {
  return {
    phase,
    task: {
      tool: task.tool ?? '',
      title: task.title ?? '',
      tags: task.tags ?? [],
      whatIf: task.whatIf ?? false,
      approval: task.approval ?? '',
      workspace: workspace ?? '',
      userId: task.userId ?? '',
      agent: task.agent ?? '',
      input: task.input ?? {},
      metadata: task.metadata ?? {},
    },
    plugin: {
      id: plugin?.id ?? '',
      version: plugin?.version ?? '',
      category: plugin?.category ?? '',
      grants: plugin?.grants ?? {},
    },
    environment: { isolation },
    effects: phase === 'after' && effects ? effectFacts(effects) : noEffects,
    requests: phase === 'after' ? requests.map(requestFact) : [],
    findings,
  };
}

/** What of a task people write as they like, and could write a secret into. */
export function textsOf({ title, input, metadata }: Task): Record<string, unknown> {
  return { title, input, metadata };
}

function requestFact({ method, host, port, path, body }: RequestEffect): RequestFact {
  return { method, host, port, path, bytes: body?.size ?? 0 };
}

function effectFacts({ target, files }: EffectSet): PolicyFacts['effects'] {
  return {
    target: { kind: target.kind, path: target.path, ref: (target.kind === 'git' && target.ref) || '' },
    files: files.map(({ path, change, after }) => ({
      path,
      change,
      type: after?.type ?? '',
      mode: after?.mode ?? '',
      size: after?.size ?? 0,
    })),
    bytes: files.reduce((sum, { after }) => sum + (after?.size ?? 0), 0),
  };
}
