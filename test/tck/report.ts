// What a run of the TCK came to: figures by folder, and failures by their cause.
import { typeNameOf } from '../../process/decisions/feel/values.ts';
import type { Outcome } from './run-tck.ts';

export interface Count {
  passed: number;
  total: number;
}

export interface Report extends Count {
  readonly byDirectory: Readonly<Record<string, Count>>;
  /** Results that are expected to be null: something that always answers null passes these. */
  readonly nullExpected: Count;
}

export function reportOf(outcomes: readonly Outcome[]): Report {
  const byDirectory: Record<string, Count> = {};
  for (const { directory } of outcomes)
    byDirectory[directory] ??= count(outcomes.filter((outcome) => outcome.directory === directory));
  return { ...count(outcomes), byDirectory, nullExpected: count(outcomes.filter(({ expected }) => expected === null)) };
}

function count(outcomes: readonly Outcome[]): Count {
  return { passed: outcomes.filter(({ passed }) => passed).length, total: outcomes.length };
}

/** The same for people: folders with failures, then what failed, grouped by cause. */
export function textOf(report: Report, outcomes: readonly Outcome[]): string {
  const lines: string[] = [];
  for (const [directory, { passed, total }] of Object.entries(report.byDirectory))
    if (passed < total) lines.push(`${directory}: ${passed} of ${total}`);
  const causes = Map.groupBy(
    outcomes.filter(({ passed }) => !passed),
    causeOf,
  );
  for (const [cause, failed] of [...causes].sort(([, a], [, b]) => b.length - a.length)) {
    lines.push('', `${failed.length} × ${cause}`);
    for (const { directory, testCase, result, expected, actual } of failed)
      lines.push(`  ${directory} ${testCase} ${result}: expected ${shown(expected)}, got ${shown(actual)}`);
  }
  const { passed, total, nullExpected } = report;
  lines.push(
    '',
    `${passed} of ${total} results (${percent(report)}); of those that expect null, ${nullExpected.passed} of ${nullExpected.total} (${percent(nullExpected)})`,
  );
  return lines.join('\n');
}

/** The kind of failure, as far as it can be told from outside. */
function causeOf({ expected, actual, error }: Outcome): string {
  if (error !== null) return `not asked: ${error}`;
  const [wanted, got] = [typeNameOf(expected), typeNameOf(actual)];
  if (wanted === 'null') return `a value (${got}) where null is expected`;
  if (got === 'null') return `null where a ${wanted} is expected`;
  return wanted === got ? `another ${wanted}` : `a ${got} where a ${wanted} is expected`;
}

function shown(value: unknown): string {
  return typeof value === 'string'
    ? JSON.stringify(value)
    : String(typeNameOf(value) === 'context' || Array.isArray(value) ? JSON.stringify(value) : value);
}

function percent({ passed, total }: Count): string {
  return total === 0 ? 'none' : `${((passed / total) * 100).toFixed(2)} %`;
}
