// The picture of a BPMN file: by its own layout where it has one, else by a layout that is made for what runs of it.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { readDiagram } from '../read-bpmn.ts';
import type { Picture } from './picture.ts';
import { pictureOfDiagram } from './picture-of-diagram.ts';
import { pictureOfGraph } from './picture-of-graph.ts';

/** Throws DIAGRAM_UNDRAWABLE, and DIAGRAM_INVALID where there is no layout and it cannot be run either. */
export async function pictureOfFile(file: string): Promise<Picture> {
  const name = basename(file);
  const own = await pictureOfDiagram(readFileSync(file, 'utf8'), name);
  return own ?? pictureOfGraph(await readDiagram(file), name);
}
