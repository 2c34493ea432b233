// arbiter workflow graph: a workflow or a BPMN file as a Mermaid flowchart, or as a picture in SVG.
import { existsSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from 'commander';
import type { Home } from '../../kernel/home.ts';
import { drawPicture } from '../../process/drawing/draw-picture.ts';
import type { Picture } from '../../process/drawing/picture.ts';
import { pictureOfFile } from '../../process/drawing/picture-of-file.ts';
import { pictureOfGraph } from '../../process/drawing/picture-of-graph.ts';
import { readDiagram } from '../../process/read-bpmn.ts';
import type { StepGraph } from '../../process/step-graph.ts';
import { drawMermaid } from '../../process/workflows/draw-mermaid.ts';
import { contextOf } from '../context.ts';
import { installedPlugins } from '../installed-plugins.ts';
import { plain } from '../output.ts';
import { writePicture } from '../write-picture.ts';
import { findWorkflow } from './find-workflow.ts';

export function addGraph(workflow: Command): void {
  workflow
    .command('graph')
    .description('a workflow as a Mermaid flowchart, or as a picture in SVG')
    .argument('<workflow>', 'a YAML or BPMN file, or the name of a workflow of the home')
    .option('--svg <file>', 'write the picture there instead')
    .action(async (name: string, { svg }: { svg?: string }, command: Command) => {
      const { home, output } = contextOf(command);
      const drawable = await drawableOf(home, name);
      if (svg === undefined) {
        const mermaid = drawMermaid(await drawable.graph());
        return output.show({ mermaid }, plain(mermaid));
      }
      const file = writePicture(svg, drawPicture(await drawable.picture()));
      return output.show({ svg: file }, plain(`${basename(name)} is drawn in ${file}.`));
    });
}

interface Drawable {
  graph(): Promise<StepGraph>;
  picture(): Promise<Picture>;
}

/** A diagram is drawn by its own layout, and then it need not be a workflow that runs. */
async function drawableOf(home: Home, name: string): Promise<Drawable> {
  const find = () => findWorkflow(home, name, installedPlugins(home));
  if (/\.bpmn$/.test(name) && existsSync(name) && statSync(name).isFile())
    return {
      graph: async () => (await find().catch(() => null))?.graph ?? readDiagram(name),
      picture: () => pictureOfFile(name),
    };
  const { graph, name: title, path } = await find();
  const drawn = path.endsWith('.bpmn');
  return { graph: async () => graph, picture: () => (drawn ? pictureOfFile(path) : pictureOfGraph(graph, title)) };
}
