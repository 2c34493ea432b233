import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contractSchema } from '../contracts/check.ts';
import type { Limits, PluginSpec } from '../contracts/generated/plugin.v1.ts';
import { limitsOf, readPerformance } from './performance.ts';

const shipped = fileURLToPath(new URL('./performance.yml', import.meta.url));
const budget = [
  'wallMs: 1, cpuSeconds: 1, memoryMb: 16, processes: 1, openFiles: 16, fileMb: 1, outputBytes: 1024',
  'scratchMb: 1, workspaceMb: 1, messagesPerSecond: 1, outputMbPerSecond: 1, recycleTasks: 1',
].join(', ');
const categories = ['acquisition', 'transformation', 'state-change', 'validation', 'orchestration'];
const valid = `schema: performance.v1\ncategories:\n${categories.map((name) => `  ${name}: { ${budget} }\n`).join('')}`;

function plugin(limits?: Limits): PluginSpec {
  const [example] = contractSchema('plugin.v1').examples as [PluginSpec];
  return limits ? { ...example, limits } : example;
}

describe('policies/performance.yml as shipped', () => {
  it('is valid and has a budget for every category', () => {
    const policy = readPerformance(shipped);

    assert.deepEqual(Object.keys(policy.categories).sort(), [...categories].sort());
  });
});

describe('readPerformance', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'arbiter-policies-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function read(text: string): Promise<unknown> {
    await writeFile(join(folder, 'performance.yml'), text);
    return readPerformance(join(folder, 'performance.yml'));
  }

  it('takes a policy that says what the contract asks', async () => {
    assert.ok(await read(valid));
  });

  const refused: [string, string, string][] = [
    [
      'broken YAML',
      'schema: performance.v1\ncategories: { acquisition: { wallMs: 1 }\n',
      'Flow map in block collection must be sufficiently indented and end with a } at line 3, column 1',
    ],
    ['a key that stands twice', `${valid}schema: performance.v1\n`, 'Map keys must be unique at line 8, column 1'],
    [
      'an alias that leads nowhere',
      `${valid}extra: *nothing\n`,
      'Unresolved alias (the anchor must be set before the alias): nothing',
    ],
    ['an unknown key', `${valid}walMs: 1\n`, 'the top must NOT have additional properties: walMs'],
    [
      'an unknown key in a budget',
      valid.replace('wallMs: 1,', 'wallMs: 1, swapMb: 1,'),
      '/categories/acquisition must NOT have additional properties: swapMb',
    ],
    [
      'an unknown category',
      valid.replace('validation:', 'validations:'),
      "/categories must have required property 'validation'",
    ],
    [
      'a missing category',
      valid.replace(/ {2}orchestration.*\n/, ''),
      "/categories must have required property 'orchestration'",
    ],
    [
      'a missing limit',
      valid.replace('fileMb: 1, ', ''),
      "/categories/acquisition must have required property 'fileMb'",
    ],
    ['a limit of nothing', valid.replace('wallMs: 1,', 'wallMs: 0,'), '/categories/acquisition/wallMs must be >= 1'],
    [
      'a text for a number',
      valid.replace('wallMs: 1,', 'wallMs: 1s,'),
      '/categories/acquisition/wallMs must be integer',
    ],
    ['an empty file', '', 'the top must be object'],
  ];
  for (const [what, text, place] of refused)
    it(`refuses ${what}, and says where it is`, async () => {
      await assert.rejects(read(text), {
        code: 'POLICY_INVALID',
        message: `${join(folder, 'performance.yml')} cannot be used: ${place}.`,
      });
    });
});

describe('limitsOf', () => {
  const policy = readPerformance(shipped);
  const most = policy.categories.transformation;

  it("gives the category's budget to a plugin that asks for nothing", () => {
    assert.deepEqual(limitsOf(policy, plugin()), most);
  });

  it("takes the plugin's own limit where it is tighter", () => {
    const limits = limitsOf(policy, plugin({ wallMs: most.wallMs - 1, processes: 1 }));

    assert.deepEqual(limits, { ...most, wallMs: most.wallMs - 1, processes: 1 });
  });

  it("takes the category's where the plugin asks for more", () => {
    const limits = limitsOf(policy, plugin({ wallMs: most.wallMs + 1, memoryMb: most.memoryMb * 2 }));

    assert.deepEqual(limits, most);
  });

  it("looks at the plugin's own category", () => {
    const limits = limitsOf(policy, { ...plugin(), category: 'state-change' });

    assert.deepEqual(limits, policy.categories['state-change']);
  });
});
