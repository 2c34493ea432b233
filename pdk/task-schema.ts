// The task contract, for plugins that look at tasks: bundled into them as data.
import schema from '../contracts/schemas/task.v1.json' with { type: 'json' };

export const taskSchema: Record<string, unknown> = schema;
