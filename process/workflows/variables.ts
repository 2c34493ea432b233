// ${…} in a workflow: which values are meant, and what they are. They are looked up when a step begins, not before.
import { fault } from '../../contracts/errors.ts';

/** What a run knows. Names are looked for in this order: kept, variables, inputs, and `task_x` for `task.x`. */
export interface Values {
  readonly task: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly steps: Readonly<Record<string, unknown>>;
  /** What steps kept of their outputs, by name. */
  readonly kept: Readonly<Record<string, unknown>>;
}

const reference = /\$\{([^}]*)\}/g;
const path = /^[A-Za-z_]\w*(\.[\w-]+)*$/;

/** The paths of every `${…}` in `value`, trimmed. */
export function referencesIn(value: unknown): string[] {
  if (typeof value === 'string') return [...value.matchAll(reference)].map(([, inner]) => (inner as string).trim());
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(referencesIn) : [];
}

export const isPath = (text: string): boolean => path.test(text);

/** `value` with every `${…}` replaced: alone in a text it keeps its type. Throws WORKFLOW_VALUE_MISSING. */
export function fillIn(value: unknown, values: Values): unknown {
  if (typeof value === 'string') {
    const alone = /^\$\{([^}]*)\}$/.exec(value);
    if (alone) return lookUp((alone[1] as string).trim(), values);
    return value.replace(reference, (_, inner: string) => asText(lookUp(inner.trim(), values)));
  }
  if (Array.isArray(value)) return value.map((item) => fillIn(item, values));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fillIn(inner, values)]));
}

function lookUp(text: string, values: Values): unknown {
  const [root = '', ...rest] = text.split('.');
  const found = rest.reduce<unknown>((at, key) => member(at, key), rootValue(root, values));
  if (found === undefined) throw fault('WORKFLOW_VALUE_MISSING', { path: text });
  return found;
}

function rootValue(root: string, values: Values): unknown {
  const { task, inputs, variables, steps, kept } = values;
  if (root === 'task') return task;
  if (root === 'inputs') return inputs;
  if (root === 'steps') return steps;
  if (Object.hasOwn(kept, root)) return kept[root];
  if (Object.hasOwn(variables, root)) return fillIn(variables[root], values);
  if (Object.hasOwn(inputs, root)) return inputs[root];
  return root.startsWith('task_') ? member(task, root.slice('task_'.length)) : undefined;
}

function member(value: unknown, key: string): unknown {
  const holds = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
  return holds ? (value as Record<string, unknown>)[key] : undefined;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
