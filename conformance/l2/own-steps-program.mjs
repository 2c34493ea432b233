// Runs the own steps of a plugin, in a box of their own. A failure is an answer: what it means is decided outside.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

// Only protocol messages may reach stdout.
console.log = console.info = console.debug = console.error;

const file = ['./steps.mjs', './steps.js'].find((name) => existsSync(new URL(name, import.meta.url)));
let loaded;

async function steps() {
  loaded ??= (await import(file)).steps;
  if (typeof loaded !== 'object' || loaded === null) throw new Error('it exports no object called steps');
  return loaded;
}

const tools = {
  async list() {
    const strange = Object.entries(await steps()).find(([, step]) => typeof step !== 'function');
    if (strange) throw new Error(`${strange[0]} is no function`);
    return { steps: Object.keys(await steps()) };
  },
  async run({ step, world, parameters }) {
    return { change: (await (await steps())[step](world, ...parameters)) ?? null };
  },
};

async function execute(id, { tool, input }) {
  try {
    send({ id, result: await tools[tool](input) });
  } catch (error) {
    send({ id, result: { failed: wordsOf(error), at: placeOf(error) } });
  }
}

function wordsOf(error) {
  return (error instanceof Error ? error.message || error.name : String(error)).slice(0, 10_000);
}

/** Line of the file of the steps, from 1; null where nobody knows. */
function placeOf(error) {
  // What cannot be parsed has no stack that would tell.
  const told = error instanceof SyntaxError ? parserOn(file) : String(error?.stack);
  const line = /steps\.m?js:(\d+)/.exec(told)?.[1];
  return line === undefined ? null : Number(line);
}

function parserOn(name) {
  const { stderr } = spawnSync(process.execPath, ['--check', fileURLToPath(new URL(name, import.meta.url))], {
    encoding: 'utf8',
  });
  return stderr;
}

function send(message) {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === 'initialize') send({ id, result: { protocol: 'protocol.v1', tools: Object.keys(tools) } });
  else if (method === 'execute') void execute(id, params);
  else if (method === 'shutdown') process.exit(0);
});
