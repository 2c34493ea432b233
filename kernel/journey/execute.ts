// Execute: makes the private copy where the category needs one, calls the tool, checks what it answers.
import { fault } from '../../contracts/errors.ts';
import type { CategoryBudget } from '../../contracts/generated/performance.v1.ts';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import { canonical } from '../../ledger/canonical.ts';
import type { Host, ShownFolder } from '../host/host.ts';
import { profiles } from '../host/profiles.ts';
import type { KernelCall } from '../host/talk/conversation.ts';
import type { LoadedPlugin, LoadedTool } from '../loader/plugin.ts';
import { addSpent, budgetLeftMs } from '../safety/budget.ts';
import type { PrivateCopies, PrivateCopy } from '../safety/private-copy.ts';
import { phrase } from '../validator/phrase.ts';
import { checkTask } from '../validator/task.ts';
import type { Journey, Step } from './journey.ts';

/** What a task's record keeps: attempts that were denied, requests that were made, and tasks that were asked for. */
const mostDenied = 100;
const mostRequests = 1_000;
const mostSubmissions = 1_000;

export function newExecute(host: Host, limitsOf: (spec: PluginSpec) => CategoryBudget, copies: PrivateCopies): Step {
  return async (journey) => {
    const { line, workspace } = journey;
    const plugin = journey.plugin as LoadedPlugin;
    const tool = journey.tool as LoadedTool;
    await startAfresh(journey);
    if (journey.abort.signal.aborted) throw fault('CANCELLED', { detail: '' });
    if (workspace && profiles[plugin.spec.category].workspace === 'write') journey.copy = await copies.make(workspace);

    const output = await host.execute({
      plugin,
      tool: tool.name,
      input: (line.task.input ?? {}) as Record<string, unknown>,
      workspace: shownFolder(journey),
      whatIf: line.task.whatIf ?? false,
      now: line.source.claimedAt,
      traceparent: journey.traceparent,
      timeoutMs: timeoutOf(journey, tool, limitsOf(plugin.spec)),
      signal: journey.abort.signal,
      onKernelCall: kernelCalls(journey, plugin),
      onRequest: (request) => journey.network.length < mostRequests && journey.network.push(request),
    });
    checkOutput(journey, tool, output);
    journey.output = output;
  };
}

/** What a box is shown of a private copy. */
export function copyShown({ folder, layers, hidden, inlays }: PrivateCopy): ShownFolder {
  // A plain copy has no home in it; below layers it may lie.
  return { path: folder, layers, hidden: layers && hidden, private: true, inlays: inlays() };
}

function shownFolder({ copy, workspace }: Journey): ShownFolder | null {
  if (copy) return copyShown(copy);
  return workspace ? { path: workspace.path, hidden: workspace.hidden, private: false, layers: null } : null;
}

/** An attempt leaves nothing to the next one. */
async function startAfresh(journey: Journey): Promise<void> {
  await journey.copy?.discard();
  journey.copy = undefined;
  journey.effects = undefined;
  journey.error = undefined;
  journey.gates = [];
  journey.submissions = [];
  // The first decision is Plan's; the others were about the attempt before.
  journey.decisions.splice(1);
  delete journey.output;
}

/** The shortest of what task, budget, tool and policy allow. */
function timeoutOf(journey: Journey, tool: LoadedTool, limits: CategoryBudget): number {
  const { timeoutMs } = journey.line.task;
  return Math.min(timeoutMs ?? tool.spec.timeoutMs ?? limits.wallMs, budgetLeftMs(journey), limits.wallMs);
}

function checkOutput(journey: Journey, tool: LoadedTool, output: unknown): void {
  const misfits = tool.checkOutput(output);
  journey.contracts.output = misfits.length === 0 ? 'pass' : 'fail';
  if (misfits.length > 0) {
    const { detail, expectation, hint } = phrase(misfits);
    throw fault('PLUGIN_OUTPUT_INVALID', { tool: tool.name, detail, expectation, hint });
  }
  try {
    canonical(output);
  } catch (error) {
    const detail = (error as Error).message;
    throw fault('PLUGIN_OUTPUT_INVALID', {
      tool: tool.name,
      detail,
      expectation: 'Plain JSON',
      hint: 'Answer large numbers as strings.',
    });
  }
}

/** What the plugin may ask of the kernel in the middle of this task. Anything else is refused and recorded. */
function kernelCalls(journey: Journey, plugin: LoadedPlugin): KernelCall {
  const granted: readonly string[] = plugin.spec.grants?.kernel ?? [];
  return (method, params) => {
    if (granted.includes(method)) {
      if (method === 'progress' || method === 'log') return null;
      if (method === 'spend' && addSpent(journey.spent, params)) return null;
      if (method === 'submit') return submit(journey, params.task);
    }
    if (journey.denied.length < mostDenied) journey.denied.push({ method });
    throw fault('PLUGIN_CALL_DENIED', { plugin: plugin.spec.id, method });
  };
}

/** The id follows from the parent's, so that a repeated attempt asks for the same task again and not for another. */
function submit(journey: Journey, task: unknown): { id: string } {
  if (journey.submissions.length === mostSubmissions)
    throw new Error(`${mostSubmissions} tasks were submitted already: one task may ask for no more.`);
  const id = `${journey.line.id}/${journey.submissions.length + 1}`;
  const child = checkTask({ ...(task as object), id, parentId: journey.line.id });
  journey.submissions.push({ id, task: child as Record<string, unknown> });
  return { id };
}
