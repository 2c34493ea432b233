import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { type TemporaryLedger, temporaryLedger } from './fixtures/temporary-ledger.ts';

describe('The example in the ledger’s README', () => {
  let place: TemporaryLedger;

  beforeEach(async () => {
    place = await temporaryLedger();
  });

  afterEach(() => place.remove());

  it('runs, has at most ten lines, and prints what it says', async () => {
    const here = fileURLToPath(new URL('.', import.meta.url));
    const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(here, 'README.md'), 'utf8')) ?? [];
    const program = join(place.folder, 'example.ts');
    writeFileSync(program, example.replaceAll("from './", `from '${here}`));

    const { stdout } = await execa(process.execPath, [program], { cwd: place.folder });

    assert.ok(example.trim().split('\n').length <= 10);
    assert.equal(stdout, 'entry 1 is durable; verified: 0 []');
  });
});
