// Runs the tool of a scenario, as a task of its own.
import { workspaceFor } from '../run/kernel-batch.ts';
import type { Scene } from './step.ts';

/** Runs it on a workspace made of what was given, and notes what came of it. */
export async function runTool({ subject, world, runTask }: Scene, how: { readonly whatIf?: true } = {}): Promise<void> {
  const { tool, input, files, commits } = world;
  const need = subject.spec.tools[tool]?.workspace ?? 'required';
  const seesNone = need === 'none' || ['transformation', 'orchestration'].includes(subject.spec.category);
  const workspace = seesNone ? null : workspaceFor(subject, files, commits.length > 0 ? commits : undefined);
  world.result = await runTask({ tool, input, ...(workspace && { workspace }), ...how });
  world.workspace = workspace;
}
