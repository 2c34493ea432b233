import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { diagram, end, flow, start, step } from '../fixtures/diagram.ts';
import { pictureOfFile } from './picture-of-file.ts';

describe('The picture of a BPMN file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'arbiter-picture-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (...elements: string[]) => {
    const file = join(folder, 'bare.bpmn');
    writeFileSync(file, diagram(...elements));
    return file;
  };

  it('goes by its own layout', async () => {
    const { shapes } = await pictureOfFile(fileURLToPath(new URL('../fixtures/every-shape.bpmn', import.meta.url)));

    assert.deepEqual(shapes.find(({ id }) => id === 'check')?.box, { x: 460, y: 150, width: 100, height: 80 });
  });

  it('gets a layout where it has none', async () => {
    const elements = [start, step('weigh'), end('done'), flow('start', 'weigh'), flow('weigh', 'done')];

    const { title, shapes } = await pictureOfFile(write(...elements));

    assert.equal(title, 'bare.bpmn');
    assert.deepEqual(
      shapes.map(({ id }) => id),
      ['#begin', 'weigh', 'done'],
    );
  });

  it('is refused where it has no layout and cannot be run either', async () => {
    await assert.rejects(pictureOfFile(write(start)), { code: 'DIAGRAM_INVALID' });
  });
});
