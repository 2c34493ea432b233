// Names in a workflow: each step's once, and every value that is asked for given by then.
import { evaluate } from 'feelin';
import type { Refuse } from './expand-workflow.ts';
import { isPath, referencesIn } from './variables.ts';
import { type Step, stepsOf, type WorkflowPlan } from './workflow.ts';

/** Calls `refuse` with the first step and key at fault. */
export function checkNames(plan: WorkflowPlan, refuse: Refuse): void {
  refuseTwice(plan, refuse);
  const inputs = new Set(Object.keys(plan.inputs ?? {}));
  const done = new Set<string>();
  const kept = new Set<string>();
  refuseCircles();

  for (const part of plan.parts) {
    if (part.kind === 'group' && part.when !== null) checkCondition(part.name, part.when);
    for (const step of stepsOf(part)) {
      if (step.when !== null) checkCondition(step.name, step.when);
      checkReferences(`step ${step.name}: input`, step.action.input);
    }
    for (const step of stepsOf(part)) noteDone(step);
    // A compensation runs after its step, whose output it may need.
    for (const step of stepsOf(part)) checkReferences(`step ${step.name}: compensate`, step.compensate?.input);
  }
  checkReferences('outputs', plan.outputs);

  function noteDone({ name, keeps }: Step): void {
    done.add(name);
    for (const [, path] of keeps) {
      if (kept.has(path)) refuse(`step ${name}: outputs: ${path} is kept by an earlier step already`);
      kept.add(path);
    }
  }

  function checkReferences(where: string, value: unknown, through: readonly string[] = []): void {
    for (const path of referencesIn(value)) {
      if (!isPath(path)) refuse(`${where}: \${${path}} is no path of names`);
      const [root = '', second = ''] = path.split('.');
      if (isVariable(root)) {
        checkReferences(where, plan.variables[root], [...through, root]);
        continue;
      }
      const via = through.length > 0 ? `, by way of ${through.join(' → ')}` : '';
      if (root === 'steps' && !done.has(second))
        refuse(`${where}: \${${path}}${via}: no step ${second} is done by then`);
      if (root === 'inputs' && plan.inputs && !inputs.has(second))
        refuse(`${where}: \${${path}}${via}: there is no input ${second}`);
      if (!isKnown(root)) refuse(`${where}: \${${path}}${via}: nothing of that name is known by then`);
    }
  }

  function isVariable(root: string): boolean {
    return !isKept(root) && Object.hasOwn(plan.variables, root);
  }

  function isKept(root: string): boolean {
    return [...kept].some((path) => path.split('.')[0] === root);
  }

  function isKnown(root: string): boolean {
    return ['task', 'inputs', 'steps'].includes(root) || /^task_\w/.test(root) || isKept(root) || inputs.has(root);
  }

  function checkCondition(step: string, when: string): void {
    let warnings: ReturnType<typeof evaluate>['warnings'];
    try {
      ({ warnings } = evaluate(when, {}));
    } catch (error) {
      return refuse(`step ${step}: when: ${when}: ${(error as Error).message}`);
    }
    for (const { type, position } of warnings) {
      if (type !== 'NO_VARIABLE_FOUND') continue;
      const name = when.slice(position.from, position.to);
      if (!isKnown(name) && !isVariable(name)) refuse(`step ${step}: when: nothing named ${name} is known by then`);
    }
    for (const [, name = ''] of when.matchAll(/\bsteps\.(\w+)/g))
      if (!done.has(name)) refuse(`step ${step}: when: no step ${name} is done by then`);
  }

  function refuseCircles(): void {
    const visit = (name: string, way: readonly string[]): void => {
      if (way.includes(name)) refuse(`variables: ${[...way.slice(way.indexOf(name)), name].join(' → ')} is a circle`);
      for (const path of referencesIn(plan.variables[name])) {
        const root = path.split('.')[0] as string;
        if (Object.hasOwn(plan.variables, root)) visit(root, [...way, name]);
      }
    };
    for (const name of Object.keys(plan.variables)) visit(name, []);
  }
}

function refuseTwice(plan: WorkflowPlan, refuse: Refuse): void {
  const seen = new Set<string>();
  for (const part of plan.parts)
    for (const { name } of part.kind === 'step' ? [part] : [part, ...part.steps]) {
      if (seen.has(name)) refuse(`step ${name}: there are two of that name`);
      seen.add(name);
    }
}
