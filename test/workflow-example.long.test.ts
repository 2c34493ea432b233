import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskBody } from '../contracts/generated/ledger.v1.ts';
import { openReader } from '../ledger/reader.ts';
import { temporaryHome } from './temporary-home.ts';

const page = readFileSync(new URL('../docs/process.md', import.meta.url), 'utf8');

describe('The workflow in docs/process.md', () => {
  it('runs as it stands there', async () => {
    const [, example] = /workflow-example\.test\.ts runs\. -->\n```yaml\n(.*?)```/s.exec(page) ?? [];
    assert.ok(example, 'docs/process.md has no example');
    const at = temporaryHome({ isolation: 'process' });
    try {
      mkdirSync(join(at.home.process, 'workflows'));
      writeFileSync(join(at.home.process, 'workflows', 'welcome.yaml'), example);
      const letters = at.folder('letters');
      const people = 'people={"name":"Ada"}';

      await at.arbiter('workflow', 'run', 'welcome', people, '--workspace', letters, '--id', 'w');
      await at.arbiter('start', '--once');

      const reader = openReader(at.home.ledger);
      const body = reader.outcomeOf('w')?.body as TaskBody;
      reader.close();
      assert.deepEqual(body.result?.output, {
        status: 'completed',
        outputs: { count: 1 },
        steps: { parse: 'done', list: 'done', card: 'done' },
        compensations: {},
      });
      assert.equal(readFileSync(join(letters, 'people.txt'), 'utf8'), '1 people: [{"name":"Ada"}]');
      assert.equal(readFileSync(join(letters, 'card.txt'), 'utf8'), 'Hello, run w');
    } finally {
      at.remove();
    }
  });
});
