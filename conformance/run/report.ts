// A verdict for people and for programs.
import type { Figure } from '../../contracts/generated/certificate.v1.ts';
import { levels } from '../requirements.ts';
import type { Verdict } from './conform.ts';
import type { CaseResult } from './run-level.ts';
import { sarifText } from './sarif.ts';

export const reporters = ['spec', 'json', 'junit', 'sarif', 'markdown'] as const;
export type Reporter = (typeof reporters)[number];

/** File names of what `--out` gets. */
export const fileNames: Readonly<Record<Reporter, string>> = {
  spec: 'conformance.txt',
  json: 'conformance.json',
  junit: 'conformance.xml',
  sarif: 'conformance.sarif',
  markdown: 'conformance.md',
};

export function render(reporter: Reporter, verdicts: readonly Verdict[]): string {
  switch (reporter) {
    case 'spec':
      return verdicts.length === 0 ? 'There was no plugin to look at.\n' : verdicts.map(specText).join('\n');
    case 'json':
      return `${JSON.stringify({ verdicts }, null, 2)}\n`;
    case 'junit':
      return junitText(verdicts);
    case 'sarif':
      return sarifText(verdicts, process.cwd());
    case 'markdown':
      return markdownText(verdicts);
  }
}

const marks: Readonly<Record<CaseResult['state'], string>> = { passed: '✓', failed: '✗', skipped: '-' };

function specText({ plugin, version, category, extent, reached, cases }: Verdict): string {
  const lines = cases.flatMap(({ level, title, state, ms, detail, figures = [], notes = [] }) => [
    `  ${marks[state]} ${level} ${title} (${ms} ms)`,
    ...figures.map((figure) => indented(figureText(figure))),
    ...notes.map((note) => indented(`note: ${note}`)),
    ...(detail === undefined ? [] : [indented(state === 'skipped' ? `skipped: ${detail}` : detail)]),
  ]);
  const head = `${plugin} ${version ?? ''}  ${category ?? 'no category'}  seed ${extent.seed}, ${extent.inputs} inputs`;
  return [head, ...lines, `  reached: ${reached ?? 'nothing'}`, ''].join('\n');
}

function figureText({ unit, samples, p50, p95, p99, most, reference }: Figure): string {
  const apart = reference === undefined ? '' : ` beyond the ${reference} of a stand-in`;
  return `p50 ${p50}, p95 ${p95}, p99 ${p99} ${unit} of ${samples} calls; at most ${most} ${unit}${apart}`;
}

function indented(text: string): string {
  return text.replace(/^/gm, '      ');
}

function junitText(verdicts: readonly Verdict[]): string {
  const suites = verdicts.map(({ plugin, cases }) => {
    const count = (state: CaseResult['state']) => cases.filter((one) => one.state === state).length;
    const tests = cases.map((one) => {
      const open = `    <testcase classname="${escaped(`${plugin}.${one.level}`)}" name="${escaped(one.title)}" time="${one.ms / 1_000}"`;
      if (one.state === 'passed')
        return one.notes ? `${open}><system-out>${escaped(one.notes.join('\n'))}</system-out></testcase>` : `${open}/>`;
      const inner =
        one.state === 'skipped'
          ? `<skipped message="${escaped(one.detail ?? '')}"/>`
          : `<failure>${escaped(one.detail ?? '')}</failure>`;
      return `${open}>${inner}</testcase>`;
    });
    const open = `  <testsuite name="${escaped(plugin)}" tests="${cases.length}" failures="${count('failed')}" skipped="${count('skipped')}">`;
    return [open, ...tests, '  </testsuite>'].join('\n');
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('\n')}\n</testsuites>\n`;
}

/** What XML has no way to hold is left out. */
function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#10;' };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is left out
  return text.replace(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g, '').replace(/[&<>"\n]/g, (sign) => entities[sign]!);
}

function markdownText(verdicts: readonly Verdict[]): string {
  if (verdicts.length === 0) return 'There was no plugin to look at.\n';
  const rows = verdicts.map((verdict) => {
    const cells = levels.map((level) => cell(verdict.cases.filter((one) => one.level === level)));
    return `| ${verdict.plugin} | ${verdict.category ?? 'none'} | ${cells.join(' | ')} | ${verdict.reached ?? 'none'} |`;
  });
  const head = `| plugin | category | ${levels.join(' | ')} | reached |\n|---|---|${levels.map(() => '---').join('|')}|---|`;
  return `${head}\n${rows.join('\n')}\n${notesText(verdicts)}`;
}

function notesText(verdicts: readonly Verdict[]): string {
  const notes = verdicts.flatMap(({ plugin, cases }) =>
    cases.flatMap(({ notes = [] }) => notes.map((note) => `- ${plugin}: ${note}`)),
  );
  return notes.length === 0 ? '' : `\n${notes.join('\n')}\n`;
}

function cell(cases: readonly CaseResult[]): string {
  if (cases.length === 0) return 'not run';
  const seconds = (cases.reduce((sum, { ms }) => sum + ms, 0) / 1_000).toFixed(1);
  const failed = cases.filter(({ state }) => state === 'failed').length;
  const skipped = cases.filter(({ state }) => state === 'skipped').length;
  if (skipped === cases.length) return 'skipped';
  return `${failed > 0 ? `${failed} failed` : 'passed'} ${cases.length - failed - skipped}/${cases.length}, ${seconds} s`;
}
