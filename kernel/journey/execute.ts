// Execute: makes the private copy where the category needs one, calls the tool, checks what it answers.
import { fault } from '../../contracts/errors.ts';
import type { NetworkRequest } from '../../contracts/generated/ledger.v1.ts';
import type { CategoryBudget } from '../../contracts/generated/performance.v1.ts';
import type { HostGrant, PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import { canonical } from '../../ledger/canonical.ts';
import type { Host, ShownFolder } from '../host/host.ts';
import { profiles } from '../host/profiles.ts';
import type { KernelCall } from '../host/talk/conversation.ts';
import { childId } from '../landing/outside.ts';
import type { LoadedPlugin, LoadedTool } from '../loader/plugin.ts';
import { keyOf } from '../outbox/outbox.ts';
import { readRequest } from '../outbox/read-request.ts';
import { addSpent, budgetLeftMs } from '../safety/budget.ts';
import type { PrivateCopies, PrivateCopy } from '../safety/private-copy.ts';
import { phrase } from '../validator/phrase.ts';
import { checkTask } from '../validator/task.ts';
import type { Journey, Step } from './journey.ts';

/** What a task's record keeps: attempts that were denied, requests that were made, tasks and requests that were asked for. */
const mostDenied = 100;
const mostRequests = 1_000;
const mostSubmissions = 1_000;
const mostToSend = 100;

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
      onRequest: (request) => noteRequest(journey, request),
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
  journey.requests = [];
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
  const { kernel: granted = [], hosts = [] } = plugin.spec.grants ?? {};
  return (method, params) => {
    if (granted.some((one) => one === method)) {
      if (method === 'progress' || method === 'log') return null;
      if (method === 'spend' && addSpent(journey.spent, params)) return null;
      if (method === 'submit') return submit(journey, params.task);
    }
    if (method === 'send' && hosts.some(({ access }) => access === 'effect'))
      return holdRequest(journey, params, hosts);
    noteDenied(journey, method);
    throw fault('PLUGIN_CALL_DENIED', { plugin: plugin.spec.id, method });
  };
}

export function noteDenied({ denied }: Journey, method: string): void {
  if (denied.length < mostDenied) denied.push({ method });
}

export function noteRequest({ network }: Journey, request: NetworkRequest): void {
  if (network.length < mostRequests) network.push(request);
}

/** The id follows from the parent's, so that a repeated attempt asks for the same task again and not for another. */
function submit(journey: Journey, task: unknown): { id: string } {
  if (journey.submissions.length === mostSubmissions)
    throw new Error(`${mostSubmissions} tasks were submitted already: one task may ask for no more.`);
  const id = childId(journey.line.id, journey.submissions.length + 1);
  const { id: _, parentId: __, ...asked } = checkTask({ ...(task as object), id, parentId: journey.line.id });
  journey.submissions.push(asked);
  return { id };
}

/** Sent when the task is committed, and not before. */
function holdRequest(journey: Journey, params: Record<string, unknown>, hosts: readonly HostGrant[]): { key: string } {
  if (journey.requests.length === mostToSend)
    throw new Error(`${mostToSend} requests are to be sent already: one task may send no more.`);
  const request = readRequest(params, hosts);
  journey.requests.push(request);
  const { id, task } = journey.line;
  return { key: keyOf(request.effect, journey.requests.length, id, task.idempotencyKey) };
}
