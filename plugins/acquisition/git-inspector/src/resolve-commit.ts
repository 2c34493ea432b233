// Turns what people call a commit into its id, so that no name reaches a command that could take it for an option.
import { type ToolContext, ToolFailure } from '../../../../pdk/define-plugin.ts';
import { runGit } from './run-git.ts';

/** Id of the commit that `ref` names. */
export async function resolveCommit(context: ToolContext, ref: string): Promise<string> {
  const moment = ref.match(/@\{(?!-?\d+\}|u\}|upstream\}|push\})[^}]*\}/i)?.[0];
  if (moment) throw new ToolFailure(`${ref} depends on the time of day (${moment}). Name a branch, a tag or an id.`);
  const id = await lookUp(context, ref);
  if (id === null) throw new ToolFailure(`There is no commit ${ref} in this repository.`);
  return id;
}

/** Id of the commit that is checked out; null before the first one. */
export function headCommit(context: ToolContext): Promise<string | null> {
  return lookUp(context, 'HEAD');
}

async function lookUp(context: ToolContext, ref: string): Promise<string | null> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`];
  const answer = await runGit(context, args, { mayMiss: true });
  return answer.found ? answer.stdout.toString().trim() : null;
}
