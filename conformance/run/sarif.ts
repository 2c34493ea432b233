// A verdict as SARIF 2.1.0, which code hosts show beside the lines that it is about.
import { isAbsolute, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SarifBuilder, SarifResultBuilder, SarifRuleBuilder, SarifRunBuilder } from 'node-sarif-builder';
import { kernelVersion } from '../../kernel/version.ts';
import { digestOf } from '../../ledger/digest.ts';
import { type CaseId, caseIds, categories, demandOf, requirements } from '../requirements.ts';
import type { Verdict } from './conform.ts';
import type { CaseResult } from './run-level.ts';

/** What failed is a result, what was skipped a note of the run. `from` is the folder that paths are relative to. */
export function sarifText(verdicts: readonly Verdict[], from: string): string {
  const run = new SarifRunBuilder({
    invocations: [{ executionSuccessful: true, toolExecutionNotifications: verdicts.flatMap(skippedIn) }],
    columnKind: 'unicodeCodePoints',
  }).initSimple({ toolDriverName: 'arbiter conform', toolDriverVersion: kernelVersion });
  for (const id of caseIds) run.addRule(ruleOf(id));
  for (const verdict of verdicts)
    for (const one of verdict.cases.filter(({ state }) => state === 'failed'))
      run.addResult(resultOf(verdict, one, from));
  const builder = new SarifBuilder({ $schema: 'https://json.schemastore.org/sarif-2.1.0.json' });
  builder.addRun(run);
  return `${builder.buildSarifJsonString({ indent: true })}\n`;
}

function ruleOf(id: CaseId): SarifRuleBuilder {
  const { level, title } = requirements[id];
  const by = (demand: string) => categories.filter((category) => demandOf(id, category) === demand).join(', ');
  const [must, claimed] = [by('must'), by('claimed')];
  const asked = [must && `Asked of: ${must}.`, claimed && `Asked where there is something of the kind: ${claimed}.`];
  const text = [`${level}: ${title}.`, ...asked].filter(Boolean).join(' ');
  return new SarifRuleBuilder({
    help: { text: `${text} docs/conformance.md has the rest.` },
    defaultConfiguration: { level: 'error' },
    properties: { tags: ['conformance', level] },
  }).initSimple({ ruleId: id, shortDescriptionText: title, fullDescriptionText: text });
}

function resultOf({ folder, plugin }: Verdict, { id, title, detail = '', file, line }: CaseResult, from: string) {
  return new SarifResultBuilder({
    // The same failure of the same plugin, whatever was measured and wherever its line has gone.
    partialFingerprints: { 'arbiterCase/v1': digestOf(Buffer.from(JSON.stringify([plugin, id, title]))) },
  }).initSimple({
    level: 'error',
    ruleId: id,
    messageText: `${plugin}, ${title}.\n${detail}`,
    fileUri: uriOf(join(folder, file ?? 'plugin.spec.json'), from),
    // Who shows results by line demands one.
    startLine: line ?? 1,
  });
}

function skippedIn({ plugin, cases }: Verdict) {
  const skipped = cases.filter(({ state }) => state === 'skipped');
  return skipped.map(({ id, title, detail }) => ({
    level: 'note' as const,
    message: { text: `${plugin}, ${title}: skipped, ${detail}` },
    associatedRule: { id },
  }));
}

/** Relative, so that it can be found in another checkout; absolute for what lies elsewhere. */
function uriOf(path: string, from: string): string {
  const below = relative(from, path);
  if (isAbsolute(below) || below.split(sep)[0] === '..') return pathToFileURL(path).href;
  return below.split(sep).map(encodeURIComponent).join('/');
}
