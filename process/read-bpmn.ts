// Reads the lifecycle, process/orchestration.bpmn, into a step graph, and refuses what the engine would not run: a task is one
// token, its service tasks are the kernel's steps.
import { readFileSync } from 'node:fs';
import type { ModdleElement } from 'bpmn-moddle';
import { fault } from '../contracts/errors.ts';
import { compileElements, type Dialect, type Way } from './bpmn/compile-elements.ts';
import { feel } from './bpmn/gateway.ts';
import { parseBpmn, type Refuse } from './bpmn/parse-bpmn.ts';
import type { Node, StepGraph } from './step-graph.ts';

/** BPMN's usual way to write a time; as FEEL it would be the name of a fact that is not there, and no time at all. */
const isoDuration = /^P[\dT]/;

/** Reads the one process of `file`. Throws DIAGRAM_INVALID with the id of the element at fault. */
export async function readDiagram(file: string): Promise<StepGraph> {
  const refuse = (detail: string): never => {
    throw fault('DIAGRAM_INVALID', { file, detail });
  };
  return compileElements(await parseBpmn(readFileSync(file, 'utf8'), refuse), lifecycle(refuse), refuse);
}

function lifecycle(refuse: Refuse): Dialect {
  return {
    parallel: false,
    failing: ['bpmn:ServiceTask', 'bpmn:SubProcess'],
    activity: (element, way) => activity(element, way, refuse),
    end: ({ id, eventDefinitions }) => (eventDefinitions ? null : [{ kind: 'end', id }]),
    before: () => [],
    decision: ({ decision }) => decision ?? null,
  };
}

function activity(element: ModdleElement, { next, onError }: Way, refuse: Refuse): Node[] | null {
  const { id, step } = element;
  switch (element.$type) {
    case 'bpmn:ServiceTask':
      return [{ kind: 'step', id, next, onError, ...(step !== undefined && step !== id && { does: step }) }];
    case 'bpmn:UserTask':
      return [{ kind: 'approval', id, next }];
    case 'bpmn:IntermediateCatchEvent': {
      const duration = element.eventDefinitions?.[0]?.timeDuration?.body;
      if (!duration) refuse(`${id} waits for something other than a duration`);
      if (isoDuration.test(duration.trim())) refuse(`${id} waits for ${duration.trim()}; write milliseconds`);
      return [{ kind: 'timer', id, durationMs: feel(id, duration, refuse), next }];
    }
    default:
      return null;
  }
}
