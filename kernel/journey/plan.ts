// Plan: picks tool and plugin by decision table.
import { fault } from '../../contracts/errors.ts';
import type { ChoosePlugin } from './choose-plugin.ts';
import type { Step } from './journey.ts';

export function newPlan(choosePlugin: ChoosePlugin): Step {
  return async (journey) => {
    const { tool } = journey.line.task;
    if (tool === undefined) throw fault('REQUEST_NOT_ROUTED', {});
    Object.assign(journey, await choosePlugin(journey, tool));
  };
}
