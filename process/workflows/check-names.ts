// Names in a workflow: each step's once, and every value that is asked for given by then.
import { evaluate } from 'feelin';
import type { Refuse } from './expand-action.ts';
import { isPath, referencesIn } from './variables.ts';
import type { Part, Step, WorkflowPlan } from './workflow.ts';

/** Calls `refuse` with the first step and key at fault. */
export function checkNames(plan: WorkflowPlan, refuse: Refuse): void {
  refuseTwice(plan, refuse);
  const names = newKnownNames(plan, refuse);
  names.refuseCircles();
  for (const part of plan.parts) checkPart(part);
  names.checkReferences('outputs', plan.outputs);

  /** What a part leaves is known to those after it, not to those beside it. */
  function checkPart(part: Part): void {
    if (part.kind !== 'choice' && part.when !== null) names.checkCondition(part.name, part.when);
    switch (part.kind) {
      case 'step':
        names.checkReferences(`step ${part.name}: input`, part.action.input);
        names.noteDone(part);
        break;
      case 'block':
        for (const inner of part.parts) checkPart(inner);
        names.notePart(part.name);
        break;
      default:
        for (const inner of part.parts) if (inner.kind === 'step') checkBeside(inner);
        for (const inner of part.parts)
          if (inner.kind === 'step') names.noteDone(inner);
          else checkPart(inner);
    }
    // A compensation runs after its step, whose output it may need.
    if (part.kind === 'step') checkUndo(part);
    else if (part.kind !== 'block') for (const inner of part.parts) if (inner.kind === 'step') checkUndo(inner);
  }

  function checkBeside(step: Step): void {
    if (step.when !== null) names.checkCondition(step.name, step.when);
    names.checkReferences(`step ${step.name}: input`, step.action.input);
  }

  function checkUndo({ name, compensate }: Step): void {
    names.checkReferences(`step ${name}: compensate`, compensate?.input);
  }
}

/** The names that are known as the steps go by. */
export function newKnownNames(plan: Pick<WorkflowPlan, 'inputs' | 'variables'>, refuse: Refuse) {
  const inputs = new Set(Object.keys(plan.inputs ?? {}));
  const done = new Set<string>();
  const kept = new Set<string>();

  function noteDone({ name, keeps }: Pick<Step, 'name' | 'keeps'>): void {
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

  return { noteDone, notePart: (name: string) => void done.add(name), checkReferences, checkCondition, refuseCircles };
}

function refuseTwice(plan: WorkflowPlan, refuse: Refuse): void {
  const seen = new Set<string>();
  const visit = (part: Part): void => {
    if (seen.has(part.name)) refuse(`step ${part.name}: there are two of that name`);
    seen.add(part.name);
    if (part.kind !== 'step') for (const inner of part.parts) visit(inner);
  };
  for (const part of plan.parts) visit(part);
}
