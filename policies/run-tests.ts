// Runs the tests of policies: every rule `test_…` in a file `*_test.rego` has to be true.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fault } from '../contracts/errors.ts';
import { compileProgram } from './rego/program.ts';
import { RegoError } from './rego/rego-error.ts';

export interface PolicyTest {
  readonly name: string;
  /** File and line. */
  readonly place: string;
  readonly passed: boolean;
  /** Why it could not be evaluated. */
  readonly error?: string;
}

const limits = { steps: 20_000_000, made: 20_000_000, timeMs: 5000 };

/** Runs what `folder` holds. Throws POLICY_INVALID where nothing can be run, or there is nothing to run. */
export function runPolicyTests(folder: string): PolicyTest[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.rego'));
  const program = compiled(
    names.map((name) => ({ file: name, text: readFileSync(join(folder, name), 'utf8') })),
    folder,
  );
  const tests = program.modules
    .filter(({ file }) => file.endsWith('_test.rego'))
    .flatMap(({ package: path, rules, file }) =>
      rules.flatMap(({ path: [first], at }) => {
        const name = first?.kind === 'constant' ? String(first.value) : '';
        return name.startsWith('test_') ? [{ name: [...path, name].join('.'), place: `${file}:${at.row}` }] : [];
      }),
    );
  if (tests.length === 0) throw refuse(folder, 'it holds no test: a rule test_… in a file *_test.rego');
  return tests.map(({ name, place }) => {
    try {
      const { solutions } = program.query(`x = data.${name}`).ask({ limits, strict: true });
      return { name, place, passed: solutions[0]?.get('x') === true };
    } catch (error) {
      if (!(error instanceof RegoError)) throw error;
      return { name, place, passed: false, error: error.message };
    }
  });
}

function compiled(sources: readonly { file: string; text: string }[], folder: string) {
  try {
    return compileProgram(sources);
  } catch (error) {
    if (!(error instanceof RegoError)) throw error;
    throw refuse(error.location?.file ?? folder, error.message);
  }
}

function refuse(file: string, detail: string) {
  return fault('POLICY_INVALID', {
    file,
    detail,
    expectation: 'Rego v1, with tests',
    hint: 'Correct the place named.',
  });
}
