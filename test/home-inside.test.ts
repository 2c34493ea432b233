// A home inside of a workspace, which is where `arbiter init` puts it: neither shown nor changed.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

describe('a home inside of a workspace', () => {
  let at: TemporaryHome;
  beforeEach(() => {
    at = temporaryHome({ workspaces: ['..'] });
  });
  afterEach(() => at.remove());

  it('is not shown to a plugin that reads the workspace', async () => {
    await at.git(at.place, 'init', '--quiet', '--initial-branch=main');
    at.drop('a.jsonl', [
      { tool: 'git-status', workspace: at.place },
      { tool: 'contract-validator', workspace: at.place, input: { files: ['home/arbiter.yaml'] } },
    ]);
    await at.arbiter('start', '--once');
    const [status, validated] = at.results('a.jsonl') as {
      output?: { entries?: { path: string }[]; verdict?: string };
    }[];
    assert.ok(status?.output?.entries);
    assert.deepEqual(
      status.output.entries.filter(({ path }) => path.startsWith('home/')),
      [],
    );
    assert.equal(validated?.output?.verdict, 'fail', 'the settings must not be readable');
  });

  it('is not copied, and nothing can be written into it', async () => {
    at.drop('a.jsonl', [
      { tool: 'file-writer', workspace: at.place, input: { path: 'work/x.txt', content: 'x' } },
      {
        tool: 'file-writer',
        workspace: at.place,
        input: { path: 'home/inbox/y.jsonl', content: '{"tool":"jsonl-parser","input":{"text":"1"}}\n' },
      },
    ]);
    const run = await at.arbiter('start', '--once');
    assert.equal(run.status, 1, run.stdout);
    assert.deepEqual(
      at.results('a.jsonl').map(({ status, code }) => code ?? status),
      ['done', 'EFFECT_UNSAFE'],
    );
    assert.deepEqual(readdirSync(at.home.inbox), []);
    assert.deepEqual(
      at.results('a.jsonl')[0]?.effects?.map(({ path }) => path),
      ['work/x.txt'],
    );
  });
});
