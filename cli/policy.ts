// arbiter policy: what the policies say about a task, why, and whether they pass their own tests.
import type { Command } from 'commander';
import { homePolicies, shippedPolicies } from '../kernel/home-policies.ts';
import { openPolicies } from '../policies/policies.ts';
import type { Verdict } from '../policies/reasons.ts';
import type { Explanation } from '../policies/rego-policies.ts';
import { runPolicyTests } from '../policies/run-tests.ts';
import { contextOf, demandHome } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { plain } from './output.ts';
import { type AskedTask, policyFactsOf } from './policy-facts-of.ts';

const asks = 'a file with one task, the id of a task, or the number of a ledger entry';
const longestValue = 200;

export function addPolicy(program: Command): void {
  const policy = program
    .command('policy')
    .description('what is allowed, why, and whether the policies pass their tests');
  policy
    .command('check')
    .description('what the policies in force say about a task; nothing is run')
    .argument('<task>', asks)
    .action(async (asked: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const home = demandHome(context);
      const task = await policyFactsOf(home, asked);
      const policies = await openPolicies(homePolicies(home).files);
      const verdict = await policies.decide(task.facts);
      context.output.show(
        { ...verdict, phase: task.facts.phase, notSearched: task.notSearched },
        plain(verdictText(task, verdict)),
      );
      if (verdict.decision === 'deny') process.exitCode = exitCodes.someFailed;
    });
  policy
    .command('explain')
    .description('which rules gave something, and what they read')
    .argument('<task>', asks)
    .action(async (asked: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const home = demandHome(context);
      const task = await policyFactsOf(home, asked);
      const policies = await openPolicies(homePolicies(home).files);
      const explanation = await policies.explain(task.facts);
      context.output.show({ ...explanation, notSearched: task.notSearched }, plain(explanationText(task, explanation)));
    });
  policy
    .command('test')
    .description('runs the rules test_… in *_test.rego')
    .argument('[dir]', 'a folder of policies with their tests (default: the package’s own)')
    .action((folder: string | undefined, _options: object, command: Command) => {
      const tests = runPolicyTests(folder ?? shippedPolicies);
      const failed = tests.filter(({ passed }) => !passed);
      const lines = failed.map(({ name, place, error }) => `✗ ${name} (${place})${error ? `: ${error}` : ''}`);
      const summary = `${tests.length - failed.length} of ${tests.length} tests passed.`;
      contextOf(command).output.show(
        { passed: tests.length - failed.length, total: tests.length, failed },
        plain([...lines, summary].join('\n')),
      );
      if (failed.length > 0) process.exitCode = exitCodes.someFailed;
    });
}

function verdictText({ title, facts, notSearched }: AskedTask, { decision, reasons }: Verdict): string {
  const when = facts.phase === 'before' ? 'before it runs' : 'over its effects';
  return [
    `${title}: ${decision === 'allow' ? 'allowed' : 'denied'} ${when}`,
    ...reasons.map(({ policy, rule, message }) => `  ${message} (${policy}/${rule})`),
    ...(notSearched.length > 0
      ? [`  not searched for secrets, for their content is not kept: ${notSearched.join(', ')}`]
      : []),
  ].join('\n');
}

function explanationText(task: AskedTask, { verdict, fired, read }: Explanation): string {
  const values = read.map(({ path, value }) => {
    const text = JSON.stringify(value) ?? 'nothing';
    return `  read   ${path} = ${text.length > longestValue ? `${text.slice(0, longestValue)}…` : text}`;
  });
  return [verdictText(task, verdict), ...fired.map((rule) => `  fired  ${rule}`), ...values].join('\n');
}
