// The ways out of an exclusive gateway, and the FEEL that chooses among them.
import type { ModdleElement } from 'bpmn-moddle';
import { evaluate } from 'feelin';
import type { Branch } from '../step-graph.ts';
import type { Refuse } from './parse-bpmn.ts';

/** The default flow last. */
export function branchesOf(
  gateway: ModdleElement,
  flows: readonly ModdleElement[],
  targetOf: (flow: ModdleElement) => string,
  refuse: Refuse,
): Branch[] {
  if (flows.length === 0) refuse(`${gateway.id} leads nowhere`);
  const branches = flows.map((flow): Branch => {
    const merges = flows.length === 1 && !flow.conditionExpression;
    if (flow === gateway.default || merges) return { condition: null, to: targetOf(flow) };
    if (!flow.conditionExpression?.body) refuse(`${flow.id} has no condition and is not the default of ${gateway.id}`);
    return { condition: feel(flow.id, flow.conditionExpression.body, refuse), to: targetOf(flow) };
  });
  if (branches.every(({ condition }) => condition !== null))
    refuse(`${gateway.id} has no default flow: a token could be stuck there`);
  return branches.sort((a, b) => Number(a.condition === null) - Number(b.condition === null));
}

/** An expression that parses; what it means is known only when it runs. */
export function feel(id: string, expression: string, refuse: Refuse): string {
  try {
    evaluate(expression, {});
  } catch (error) {
    refuse(`${id}: ${expression}: ${(error as Error).message}`);
  }
  return expression.trim();
}
