import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const script = fileURLToPath(new URL('../scripts/generate-types.ts', import.meta.url));

describe('The generated types', () => {
  it('are those that the schemas give', async () => {
    const schemas = readdirSync(new URL('./schemas/', import.meta.url)).length;

    const { stdout } = await promisify(execFile)(process.execPath, [script, '--check']);

    assert.equal(stdout, `${schemas} schemas, types as committed\n`);
  });
});
