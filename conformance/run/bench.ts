// One box on a bench: a tool called as the kernel's host calls it, at a fixed moment, without queue and ledger around it.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArbiterError } from '../../contracts/errors.ts';
import type { Settings } from '../../contracts/generated/settings.v1.ts';
import { equip } from '../../kernel/equipment.ts';
import { homeAt, makeFolders } from '../../kernel/home.ts';
import { newHost, type ShownFolder } from '../../kernel/host/host.ts';
import { profiles } from '../../kernel/host/profiles.ts';
import { copyShown } from '../../kernel/journey/execute.ts';
import { loadPlugin } from '../../kernel/loader/load-plugin.ts';
import { newPrivateCopies } from '../../kernel/safety/private-copy.ts';
import { readSettings } from '../../kernel/settings.ts';
import { phrase } from '../../kernel/validator/phrase.ts';
import { workspaceFor } from './kernel-batch.ts';
import type { Golden, Subject } from './subject.ts';

export type Answer =
  | { readonly output: unknown; readonly misfit: string | null }
  | { readonly code: string; readonly message: string };

export interface Bench {
  /** Calls the tool on a workspace of its own. */
  answer(golden: Golden, signal?: AbortSignal): Promise<Answer>;
  stop(): Promise<void>;
}

const graceMs = 1_000;
const timeoutMs = 30_000;
/** The moment that golden fixtures are written for. */
const now = '2026-01-01T00:00:00.000Z';
const traceparent = '00-00000000000000000000000000000001-0000000000000001-00';

export async function setUpBench(subject: Subject): Promise<Bench> {
  const { place, folder, isolation } = subject;
  const home = homeAt(join(mkdtempSync(join(place, 'bench-')), 'home'));
  mkdirSync(home.path);
  makeFolders(home);
  writeFileSync(home.settings, JSON.stringify({ schema: 'settings.v1', workspaces: [place] }));
  const { sandbox, limits } = await equip(home, readSettings(home), isolation as NonNullable<Settings['isolation']>);
  const { boxer } = sandbox;
  const host = newHost({ boxer, limitsOf: limits, network: undefined, graceMs });
  const copies = newPrivateCopies({
    ...{ copies: home.copies, bases: home.bases, user: host.user, layered: boxer.level !== 'process' },
  });
  const plugin = loadPlugin(folder, join(home.run, 'plugins'), {});
  const writes = profiles[plugin.spec.category].workspace === 'write';
  let submitted = 0;

  return {
    async answer({ tool, input, workspace, commits }, signal = new AbortController().signal) {
      const path = workspace && workspaceFor(subject, workspace, commits);
      const copy = path && writes ? await copies.make({ path, ref: null, hidden: null }) : null;
      const itself: ShownFolder | null = path ? { path, hidden: null, private: false, layers: null } : null;
      try {
        const output = await host.execute({
          ...{ plugin, tool, input, whatIf: false, now, traceparent, timeoutMs, signal },
          workspace: copy ? copyShown(copy) : itself,
          onKernelCall: (method) => (method === 'submit' ? { id: `submitted/${++submitted}` } : null),
          onRequest: () => {},
        });
        const misfits = plugin.tools.get(tool)?.checkOutput(output) ?? [];
        return { output, misfit: misfits.length === 0 ? null : phrase(misfits).detail };
      } catch (error) {
        const fault = error instanceof ArbiterError ? error : (error as Error).cause;
        if (!(fault instanceof ArbiterError)) throw error;
        return { code: fault.code, message: fault.message };
      } finally {
        await copy?.discard();
      }
    },
    stop: () => host.stop(graceMs),
  };
}
