import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { surroundings } from './fixtures/surroundings.ts';
import { prepareWorkflow, readWorkflowFile } from './read-workflow.ts';

const folder = fileURLToPath(new URL('templates', import.meta.url));

describe('The templates of workflows', () => {
  it('are one for each short form, and each can be run where its tools are', async () => {
    const chains: string[] = [];
    for (const file of readdirSync(folder)) {
      const read = readWorkflowFile(join(folder, file));
      const { graph } = await prepareWorkflow(read, surroundings());
      assert.ok(graph.nodes.size > 2);
      chains.push((read.source as { chain: string }).chain);
    }

    assert.deepEqual(chains.sort(), ['conditional', 'parallel', 'saga', 'sequential']);
  });
});
