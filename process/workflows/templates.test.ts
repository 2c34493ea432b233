import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareWorkflow, readWorkflowFile } from './read-workflow.ts';

const folder = fileURLToPath(new URL('templates', import.meta.url));
const anyTool = { tools: [], ownerOf: () => 'a plugin' };

describe('The templates of workflows', () => {
  it('are one for each short form, and each can be run where its tools are', () => {
    const chains = readdirSync(folder).map((file) => {
      const source = readWorkflowFile(join(folder, file)) as { chain: string };
      const { graph } = prepareWorkflow(source, anyTool, file);
      assert.ok(graph.nodes.size > 2);
      return source.chain;
    });

    assert.deepEqual(chains.sort(), ['conditional', 'parallel', 'saga', 'sequential']);
  });
});
