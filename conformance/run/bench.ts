// One box on a bench: a tool called as the kernel's host calls it, at a fixed moment, without queue and ledger around it.
import { join } from 'node:path';
import { ArbiterError, fault } from '../../contracts/errors.ts';
import { equip } from '../../kernel/equipment.ts';
import { newHost, type ShownFolder } from '../../kernel/host/host.ts';
import { profiles } from '../../kernel/host/profiles.ts';
import type { KernelCall } from '../../kernel/host/talk/conversation.ts';
import { copyShown } from '../../kernel/journey/execute.ts';
import { loadPlugin } from '../../kernel/loader/load-plugin.ts';
import { readRequest } from '../../kernel/outbox/read-request.ts';
import { newPrivateCopies } from '../../kernel/safety/private-copy.ts';
import { readSettings } from '../../kernel/settings.ts';
import { phrase } from '../../kernel/validator/phrase.ts';
import { workspaceFor } from './kernel-batch.ts';
import { makeHome } from './make-home.ts';
import { pluginSettings } from './plugin-settings.ts';
import type { Golden, Subject } from './subject.ts';

/** `ms` is what the call itself took, without the making of its workspace. */
export type Answer = { readonly ms: number } & (
  | { readonly output: unknown; readonly misfit: string | null }
  | { readonly code: string; readonly message: string }
);

/** What the plugin did besides answering. */
export interface Used {
  /** Calls to the kernel, granted or not. */
  readonly calls: ReadonlySet<string>;
  /** Hosts that it asked, as `host:port`. None of them is reached. */
  readonly hosts: ReadonlySet<string>;
}

export interface Bench {
  /** Calls the tool on the fixture's workspace, which nothing changes: what writes gets a private copy. */
  answer(golden: Golden, signal?: AbortSignal): Promise<Answer>;
  /** Resolves when the next answer need not wait for a process to start. */
  ready(golden: Golden): Promise<void>;
  readonly used: Used;
  /** Gives the milliseconds it took until every process had ended; none is killed before `graceMs`. */
  stop(graceMs?: number): Promise<number>;
}

const shortGraceMs = 1_000;
const timeoutMs = 30_000;
/** The moment that golden fixtures are written for. */
const now = '2026-01-01T00:00:00.000Z';
const traceparent = '00-00000000000000000000000000000001-0000000000000001-00';

export async function setUpBench(subject: Subject): Promise<Bench> {
  const { place, folder, isolation, budget } = subject;
  const home = makeHome(subject, { workspaces: [place] });
  const { sandbox, limits } = await equip(home, readSettings(home), isolation);
  const { boxer } = sandbox;
  const host = newHost({ boxer, limitsOf: limits, network: 'closed', graceMs: shortGraceMs });
  const copies = newPrivateCopies({
    ...{ copies: home.copies, bases: home.bases, user: host.user, layered: boxer.level !== 'process' },
  });
  const plugin = loadPlugin(folder, join(home.run, 'plugins'), pluginSettings(folder, subject.spec));
  const writes = profiles[plugin.spec.category].workspace === 'write';
  const calls = new Set<string>();
  const hosts = new Set<string>();
  const workspaces = new Map<string, string>();
  let submitted = 0;

  function workspaceOf({ name, workspace, commits }: Golden): string | undefined {
    if (!workspace) return undefined;
    const path = workspaces.get(name) ?? workspaceFor(subject, workspace, commits);
    workspaces.set(name, path);
    return path;
  }

  /** As a journey takes them: what was not granted is refused. */
  const onKernelCall: KernelCall = (method, params) => {
    calls.add(method);
    if (method === 'send') {
      const { host, port } = readRequest(params, plugin.spec.grants?.hosts ?? []).effect;
      hosts.add(`${host}:${port}`);
      return { key: 'conformance' };
    }
    if (!plugin.spec.grants?.kernel?.some((granted) => granted === method))
      throw fault('PLUGIN_CALL_DENIED', { plugin: plugin.spec.id, method });
    return method === 'submit' ? { id: `submitted/${++submitted}` } : null;
  };

  return {
    used: { calls, hosts },
    ready: ({ workspace }) => host.ready(plugin, workspace !== undefined),
    async answer(golden, signal = new AbortController().signal) {
      const { tool, input } = golden;
      const path = workspaceOf(golden);
      const copy = path && writes ? await copies.make({ path, ref: null, hidden: null }) : null;
      const itself: ShownFolder | null = path ? { path, hidden: null, private: false, layers: null } : null;
      const start = performance.now();
      try {
        const output = await host.execute({
          ...{ plugin, tool, input, whatIf: false, now, traceparent, signal },
          timeoutMs: Math.min(timeoutMs, budget.wallMs),
          workspace: copy ? copyShown(copy) : itself,
          onKernelCall,
          onRequest: ({ host, port }) => hosts.add(`${host}:${port}`),
        });
        const ms = performance.now() - start;
        const misfits = plugin.tools.get(tool)?.checkOutput(output) ?? [];
        return { ms, output, misfit: misfits.length === 0 ? null : phrase(misfits).detail };
      } catch (error) {
        const ms = performance.now() - start;
        const because = error instanceof ArbiterError ? error : (error as Error).cause;
        if (!(because instanceof ArbiterError)) throw error;
        return { ms, code: because.code, message: because.message };
      } finally {
        await copy?.discard();
      }
    },
    async stop(graceMs = shortGraceMs) {
      const start = performance.now();
      await host.stop(graceMs);
      return performance.now() - start;
    },
  };
}

/** Sets up a bench for `work`, and takes it down whatever comes of it. */
export async function onBench<Result>(subject: Subject, work: (bench: Bench) => Promise<Result>): Promise<Result> {
  const bench = await setUpBench(subject);
  try {
    return await work(bench);
  } finally {
    await bench.stop();
  }
}
