// arbiter plan show: a plan, or a change that waits for an approval, with what there is to decide about it.
import type { Command } from 'commander';
import type { NetworkRequest } from '../contracts/generated/ledger.v1.ts';
import { contextOf, demandHome } from './context.ts';
import { plain } from './output.ts';
import { type RecordedEffects, recordedEffects, recordedText } from './recorded-effects.ts';

export function addPlan(program: Command): void {
  program
    .command('plan')
    .description('look at plans')
    .command('show')
    .description('what would be applied, what the gates said, and what to do with it')
    .argument('<id>', 'the id of a task, or the number of a ledger entry')
    .action(async (id: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const found = await recordedEffects(demandHome(context), id);
      const { body, envelope, ...rest } = found;
      context.output.show(
        { ...rest, task: body.task, gates: body.gates ?? [], refused: refusedRequests(found), next: nextStep(found) },
        plain([headOf(found), recordedText(found), nextStep(found)].join('\n\n')),
      );
    });
}

/** What the plugin asked of the network and did not get. */
function refusedRequests({ envelope }: RecordedEffects): NetworkRequest[] {
  return (envelope.network ?? []).filter(({ verdict }) => verdict !== 'allowed');
}

function headOf(found: RecordedEffects): string {
  const { id, status, entry, body, target } = found;
  return [
    `${id}: ${status}${entry === undefined ? '' : ` [entry ${entry}]`}`,
    ...(body.task ? [`  task    ${JSON.stringify(body.task)}`] : []),
    ...(body.plugin ? [`  plugin  ${body.plugin.id} ${body.plugin.version}`] : []),
    ...(target ? [`  on      ${target.path}`] : []),
    ...(target?.kind === 'git'
      ? [`  branch  ${target.ref ?? "one of the task's own"}, from commit ${target.base}`]
      : []),
    ...refusedRequests(found).map(
      ({ method, host, port, path = '', verdict }) => `  refused: ${method} ${host}:${port}${path}: ${verdict}`,
    ),
    ...(body.gates ?? []).map(({ id: gate, verdict }) => `  gate    ${gate}: ${verdict}`),
  ].join('\n');
}

function nextStep({ id, status, files, requests, submits, appliedBy, rolledBackBy, body }: RecordedEffects): string {
  if (rolledBackBy !== undefined) return `Entry ${rolledBackBy} rolled it back.`;
  if (appliedBy !== undefined) return `Entry ${appliedBy} applied it. To undo it: arbiter rollback ${id}`;
  if (status.startsWith('waiting')) return `To decide: arbiter approve ${id}, or arbiter reject ${id} --reason TEXT`;
  if (status === 'planned' && files.length + requests.length + submits > 0)
    return `To apply exactly this: arbiter apply ${id}`;
  if (status === 'done' && files.length > 0 && body.rollsBack === undefined)
    return `It is in place. To undo it: arbiter rollback ${id}`;
  return 'There is nothing to decide.';
}
