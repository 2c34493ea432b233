// Draws docs/pictures/ from the diagram, the templates of workflows and the example in docs/process.md; with --check it
// compares instead, so that CI fails when a picture has drifted from what it shows.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drawPicture } from '../process/drawing/draw-picture.ts';
import { pictureOfFile } from '../process/drawing/picture-of-file.ts';
import { pictureOfGraph } from '../process/drawing/picture-of-graph.ts';
import { wayThrough } from '../process/drawing/way.ts';
import { prepareWorkflow, readWorkflowFile } from '../process/workflows/read-workflow.ts';

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const folder = at('docs/pictures');
/** The tools of templates are the reader's own. */
const anyTool = { tools: [], ownerOf: (tool: string) => tool };
/** A task whose plugin dies once, as docs/process.md shows it. */
const retried = [
  ...['plan', 'acquire', 'first', 'validate', 'load-plugin', 'execute', 'retry', 'backoff'],
  ...['load-plugin', 'execute', 'verify', 'keep', 'approval', 'commit-ledger'],
];

const pictures = new Map<string, string>();
await drawJourney();
for (const file of readdirSync(at('process/workflows/templates')))
  await drawWorkflow(join(at('process/workflows/templates'), file));
await drawExample();
settle();

async function drawJourney(): Promise<void> {
  const journey = await pictureOfFile(at('process/orchestration.bpmn'));
  const way = wayThrough(journey, retried);
  if (way.missing.length > 0) throw new Error(`The lifecycle has no ${way.missing.join(', ')} any more.`);
  pictures.set('orchestration.svg', drawPicture(journey));
  pictures.set('way.svg', drawPicture(journey, { way, heading: ['notes: done', 'entry 17'] }));
}

async function drawWorkflow(path: string): Promise<void> {
  const file = basename(path);
  const surroundings = { tools: anyTool, tables: null, library: () => null };
  const { graph, name } = await prepareWorkflow(readWorkflowFile(path), surroundings);
  pictures.set(file.replace(/\.yaml$/, '.svg'), drawPicture(await pictureOfGraph(graph, name)));
}

async function drawExample(): Promise<void> {
  const [, example] = /```yaml\n(name: Welcome\n.*?)```/s.exec(readFileSync(at('docs/process.md'), 'utf8')) ?? [];
  if (!example) throw new Error('docs/process.md has no workflow Welcome.');
  const place = mkdtempSync(join(tmpdir(), 'arbiter-pictures-'));
  try {
    writeFileSync(join(place, 'welcome.yaml'), example);
    await drawWorkflow(join(place, 'welcome.yaml'));
  } finally {
    rmSync(place, { recursive: true });
  }
}

/** Writes the pictures, or when checking says which are not as drawn now. */
function settle(): void {
  mkdirSync(folder, { recursive: true });
  const there = readdirSync(folder);
  const drifted = [...pictures].filter(([name, svg]) => !there.includes(name) || read(name) !== svg);
  const orphans = there.filter((name) => !pictures.has(name));
  if (!process.argv.includes('--check')) {
    for (const [name, svg] of drifted) writeFileSync(join(folder, name), svg);
    for (const name of orphans) rmSync(join(folder, name));
    console.log(`${pictures.size} pictures, drawn`);
  } else if (drifted.length + orphans.length > 0) {
    const names = [...drifted.map(([name]) => name), ...orphans];
    console.error(`These pictures show something else than their sources: ${names.join(', ')}. Run: npm run generate`);
    process.exitCode = 1;
  } else console.log(`${pictures.size} pictures, as drawn`);
}

function read(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}
