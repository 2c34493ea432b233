// Runs a workflow's own task: takes the run as far as the outcomes of its steps allow, drops the tasks of the steps that
// come next, and parks. The schedule calls again when one of them has its outcome; nothing is kept but the ledger's
// entries, so that a restart goes on where the run was.
import { type ArbiterError, fault } from '../../contracts/errors.ts';
import type { Outcome } from '../../contracts/generated/ledger.v1.ts';
import type { Task } from '../../contracts/generated/task.v1.ts';
import type { LedgerReader } from '../../ledger/reader.ts';
import type { Arrival } from '../../process/walk.ts';
import { advance, type StepOutcome, type StepTask } from '../../process/workflows/advance.ts';
import { waitTool, workflowTool } from '../../process/workflows/kernel-tools.ts';
import { prepareWorkflow, type WorkflowFile } from '../../process/workflows/read-workflow.ts';
import { waitUntil } from '../../process/workflows/wait-time.ts';
import type { Audit } from '../audit/audit.ts';
import type { PastOutcome } from '../audit/past-outcome.ts';
import { crashPoint } from '../crash-point.ts';
import { profiles } from '../host/profiles.ts';
import type { Journey } from '../journey/journey.ts';
import type { Plugins } from '../loader/find-plugins.ts';
import type { WaitingRoom } from '../queue/waiting.ts';
import { checkTask } from '../validator/task.ts';
import type { UnderWay } from './under-way.ts';
import { inputsOf, workflowRunOf } from './workflow-task.ts';

export interface RunWorkflowParts {
  readonly plugins: Plugins;
  /** The decision tables that there are, by id. */
  readonly tables: readonly string[];
  readonly ledger: LedgerReader;
  readonly audit: Audit;
  readonly pastOutcome: PastOutcome;
  readonly waiting: WaitingRoom;
  readonly underWay: UnderWay;
  /** The longest line that the queue takes. */
  readonly lineBytes: number;
}

type StepLine = Task & { readonly id: string };

export function newRunWorkflow(parts: RunWorkflowParts): (journey: Journey) => Promise<Arrival> {
  const { plugins, ledger, audit, pastOutcome, waiting, underWay } = parts;

  return goOn;

  async function goOn(journey: Journey): Promise<Arrival> {
    const { line } = journey;
    const { workflow: source, file, inputs: given, calls } = workflowRunOf(line.task);
    const library = (name: string) => (Object.hasOwn(calls, name) ? (calls[name] as WorkflowFile) : null);
    const workflow = await prepareWorkflow({ source, file }, { tools: plugins, tables: parts.tables, library });
    const inputs = inputsOf(workflow, given);
    const lines = new Map<string, StepLine>();
    const how = await advance(workflow, {
      id: line.id,
      task: { id: line.id, workspace: line.task.workspace, title: line.task.title, ...inputs },
      inputs,
      outcomeOf(step) {
        const task = checkedLine(journey, step);
        const outcome = firstOutcome(task);
        if (outcome === null) lines.set(step.id, task);
        else underWay.forget(step.id);
        return outcome;
      },
    });
    if (journey.abort.signal.aborted) throw fault('CANCELLED', { detail: ' between two steps' });
    if (!how.ended) {
      const ids = how.needed.map(({ id }) => id);
      waiting.park({ line, waitsFor: { kind: 'steps', ids } });
      for (const id of ids) {
        crashPoint('before-step');
        underWay.drop(lines.get(id) as StepLine);
      }
      crashPoint('after-steps');
      return { at: 'approval', id: 'steps' };
    }
    journey.path.push(...how.path);
    journey.output = how.report;
    journey.error = how.error ?? undefined;
    await audit.outcome(journey, outcomeFor(line.task, how.error));
    return end(how.report.status);
  }

  /** The first one: whoever retries a step that failed does not change what the run has made of that. */
  function firstOutcome({ id, tool }: StepLine): StepOutcome | null {
    const entry = ledger.entriesOf(id).find(({ body }) => body.kind === 'task');
    if (entry?.body.kind !== 'task') return null;
    const { outcome, output, error } = pastOutcome({ ...entry, body: entry.body });
    const succeeded = outcome === 'done' || outcome === 'planned';
    return { succeeded, output, reason: error?.message ?? `${tool} ended ${outcome}.` };
  }

  /** The task of a step, as it goes into the inbox. Throws what would keep it from being read there. */
  function checkedLine({ line: { id: parentId, task } }: Journey, step: StepTask): StepLine {
    const { whatIf, priority, sessionId, userId, agent, tags, approval } = task;
    const inherited = { whatIf, priority, sessionId, userId, agent, tags, approval };
    const line = checkTask({
      ...Object.fromEntries(Object.entries(inherited).filter(([, value]) => value !== undefined)),
      ...{ id: step.id, parentId, tool: step.tool, input: step.input },
      ...(task.workspace !== undefined && takesWorkspace(step.tool) && { workspace: task.workspace }),
      ...(step.attempts !== null && { retry: { maxAttempts: step.attempts } }),
      ...(step.timeoutMs !== null && { timeoutMs: step.timeoutMs }),
      ...(step.tool === waitTool && !whatIf && { notBefore: whenOver(step) }),
    });
    const bytes = Buffer.byteLength(JSON.stringify(line));
    if (bytes > parts.lineBytes) throw fault('LINE_TOO_LONG', { line: 1, bytes, limit: parts.lineBytes });
    return line as StepLine;
  }

  /** A workflow that is called hands it on to its steps. */
  function takesWorkspace(tool: string): boolean {
    if (tool === workflowTool) return true;
    const plugin = plugins.byId.get(plugins.ownerOf(tool) ?? '');
    if (!plugin || profiles[plugin.spec.category].workspace === 'none') return false;
    return plugin.tools.get(tool)?.spec.workspace !== 'none';
  }
}

/** Reckoned when the step begins, and written down with its task. */
function whenOver({ tool, input }: StepTask): string {
  const until = typeof input.for === 'string' ? waitUntil(input.for, Date.now()) : null;
  if (until !== null) return new Date(until).toISOString();
  const detail = `it is to wait for ${JSON.stringify(input.for)}`;
  const expectation = 'A time such as 30s, 5m, PT5M or 2026-01-01T12:00:00Z';
  throw fault('INPUT_INVALID', { tool, detail, expectation, hint: 'Correct the value that the step waits for.' });
}

function outcomeFor({ whatIf }: Task, error: ArbiterError | null): Outcome {
  if (error) return 'failed';
  return whatIf ? 'planned' : 'done';
}

function end(id: string): Arrival {
  return { at: 'end', id };
}
