// Tasks whose tool the kernel answers to itself: no plugin runs, so that they pass none of the lifecycle's boxes but Acquire,
// and have an entry like any other.
import { ArbiterError, fault } from '../../contracts/errors.ts';
import type { Arrival } from '../../process/walk.ts';
import { approvalTool, decisionTool, waitTool, workflowTool } from '../../process/workflows/kernel-tools.ts';
import type { Audit } from '../audit/audit.ts';
import type { Decide } from '../journey/decide.ts';
import type { Journey, Step } from '../journey/journey.ts';

export interface KernelTaskParts {
  readonly audit: Audit;
  readonly decide: Decide;
  /** Whether there is a decision of that id. */
  readonly hasTable: (id: string) => boolean;
  /** Keeps the task until a person approves. */
  readonly park: (journey: Journey, at: string) => Promise<void>;
  /** Takes a run of a workflow as far as it can go. */
  readonly runWorkflow: (journey: Journey) => Promise<Arrival>;
  /** Keeps the promise of an id. */
  readonly acquire: Step;
  readonly reject: Step;
  readonly rollback: Step;
}

type Input = Readonly<Record<string, unknown>>;

export function newRunKernelTask(parts: KernelTaskParts): (journey: Journey) => Promise<Arrival> {
  return async (journey) => {
    const { tool = '', input = {} } = journey.line.task;
    journey.path.push(tool === workflowTool ? 'workflow' : tool);
    try {
      await parts.acquire(journey);
      if (journey.duplicate) return { at: 'end', id: 'duplicate' };
      if (tool === workflowTool) return await parts.runWorkflow(journey);
      if (tool === approvalTool && journey.approvals.length === 0) return await parkFor(journey);
      journey.output = await outputOf(journey, tool, input);
      const { whatIf } = journey.line.task;
      await parts.audit.outcome(journey, whatIf ? 'planned' : 'done');
      return { at: 'end', id: 'done' };
    } catch (error) {
      if (!(error instanceof ArbiterError)) throw error;
      journey.error = error;
      await (error.code === 'CANCELLED' ? parts.rollback : parts.reject)(journey);
      return { at: 'end', id: 'rejected' };
    }
  };

  /** Under whatIf nobody is asked: a plan shows what would be done if they said yes. */
  async function parkFor(journey: Journey): Promise<Arrival> {
    if (journey.line.task.whatIf) {
      journey.output = { approved: true };
      await parts.audit.outcome(journey, 'planned');
      return { at: 'end', id: 'done' };
    }
    await parts.park(journey, approvalTool);
    return { at: 'approval', id: approvalTool };
  }

  async function outputOf(journey: Journey, tool: string, input: Input): Promise<unknown> {
    switch (tool) {
      case approvalTool:
        return { approved: true };
      // Its time has come: before that it was not begun.
      case waitTool:
        return {};
      case decisionTool:
        return answerOf(journey, input);
      default:
        throw fault('TOOL_UNKNOWN', { tool, hint: '`arbiter plugin list` shows the tools.' });
    }
  }

  async function answerOf(journey: Journey, { table, facts = {} }: Input): Promise<unknown> {
    if (typeof table !== 'string' || !parts.hasTable(table) || typeof facts !== 'object' || facts === null)
      throw fault('INPUT_INVALID', {
        ...{ tool: decisionTool, detail: `there is no table ${JSON.stringify(table)}, or its facts are no object` },
        ...{ expectation: 'A table of process/decisions.dmn, and facts', hint: '`arbiter doctor` lists the tables.' },
      });
    const { output } = await parts.decide(journey, table, facts as Record<string, unknown>);
    return typeof output === 'object' && output !== null && !Array.isArray(output) ? output : { answer: output };
  }
}
