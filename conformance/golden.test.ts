// Runs every golden fixture of every plugin, twice, over real stdio: a fixture is a call and the answer it must get.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { compileSchema } from '../contracts/check.ts';
import type { LedgerContract } from '../contracts/generated/ledger-contract.v1.ts';
import type { PluginSpec } from '../contracts/generated/plugin.v1.ts';
import { type RunningPlugin, runPlugin } from '../pdk/run-plugin.ts';
import { findPlugins } from './find-plugins.ts';
import { type Commit, type Files, makeWorkspace } from './make-workspace.ts';
import { withoutVolatile } from './without-volatile.ts';

interface Golden {
  readonly tool: string;
  readonly input: object;
  /** Files of the workspace; left out for a tool that gets none. */
  readonly workspace?: Files;
  /** Makes the workspace a git repository with these commits. */
  readonly commits?: Commit[];
  readonly output?: unknown;
  /** Part of the message of a tool that has to refuse. */
  readonly error?: string;
}

for (const folder of findPlugins()) {
  describe(`golden fixtures of ${basename(folder)}`, () => {
    const spec: PluginSpec = readJson(join(folder, 'plugin.spec.json'));
    const contract: LedgerContract = readJson(join(folder, 'ledger_contract.json'));
    const fixtures = readdirSync(join(folder, 'conformance/golden')).filter((name) => name.endsWith('.json'));
    const goldens = fixtures.map((name) => ({
      name,
      golden: readJson(join(folder, 'conformance/golden', name)) as Golden,
    }));
    let plugin: RunningPlugin;

    before(async () => {
      plugin = await runPlugin(folder);
    });

    after(() => plugin.stop());

    it('cover every tool', () => {
      const covered = new Set(goldens.map(({ golden }) => golden.tool));
      assert.deepEqual([...covered].sort(), Object.keys(spec.tools).sort());
    });

    for (const { name, golden } of goldens) {
      it(`gives the same answer twice: ${name}`, async () => {
        const tool = spec.tools[golden.tool]!;
        assert.deepEqual(compileSchema(tool.input)(golden.input), []);
        assert.ok('output' in golden !== 'error' in golden, 'a fixture has either an output or an error');

        const first = await answerOf(plugin, golden);
        const second = await answerOf(plugin, golden);

        if (golden.error !== undefined) {
          assert.ok(
            first.error?.includes(golden.error),
            `expected the error ${golden.error}, got ${JSON.stringify(first)}`,
          );
        } else {
          assert.equal(first.error, undefined);
          assert.deepEqual(compileSchema(tool.output)(first.output), []);
          assert.deepEqual(withoutVolatile(first.output, contract), withoutVolatile(golden.output, contract));
        }
        assert.equal(second.error, first.error);
        assert.deepEqual(withoutVolatile(second.output, contract), withoutVolatile(first.output, contract));
      });
    }
  });
}

async function answerOf(plugin: RunningPlugin, golden: Golden): Promise<{ output?: unknown; error?: string }> {
  const workspace = golden.workspace && makeWorkspace(golden.workspace, golden.commits);
  try {
    return { output: await plugin.execute(golden.tool, golden.input, workspace === undefined ? {} : { workspace }) };
  } catch (error) {
    return { error: (error as Error).message };
  } finally {
    if (workspace !== undefined) rmSync(workspace, { recursive: true });
  }
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8'));
}
