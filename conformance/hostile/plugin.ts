// The plugin that misbehaves on demand: the name of the attack is in the input. It speaks the protocol itself, because
// what is made for plugins would keep it from breaking it. Bundled when the suite runs.
import { createInterface } from 'node:readline';
import { type Attack, type Context, contained, escaped, type Facts, type Outcome, refusal } from './attacks/attack.ts';
import { fileSystem } from './attacks/file-system.ts';
import { network } from './attacks/network.ts';
import { perl } from './attacks/perl.ts';
import { processes } from './attacks/processes.ts';
import { protocol } from './attacks/protocol.ts';
import { resources } from './attacks/resources.ts';
import { systemCalls } from './attacks/system-calls.ts';

interface Reply {
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Message extends Reply {
  readonly id: number;
  readonly method?: string;
  readonly params?: {
    readonly plugin: string;
    readonly input: { readonly attack: string; readonly marker: string; readonly facts: Facts };
    readonly workspace: string | null;
  };
}

const attacks: Readonly<Record<string, Attack>> = {
  ...fileSystem,
  ...processes,
  ...systemCalls,
  ...network,
  ...resources,
  ...protocol,
  // The control: in a box in which nothing works, nothing gets out.
  'do nothing': ({ workspace }) => {
    const { stdout } = perl('print 6 * 7;');
    return stdout === '42' ? contained(`perl works, workspace ${workspace}`) : escaped('perl does not work');
  },
};

const calls = new Map<number, (reply: Reply) => void>();
let nextCall = 1;

createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line) as Message;
  if (message.method === undefined) calls.get(message.id)?.(message);
  else if (message.method === 'initialize')
    answer(message.id, { protocol: 'protocol.v1', tools: [message.params?.plugin] });
  else if (message.method === 'execute') void attack(message);
  else if (message.method === 'shutdown') process.stdin.destroy();
});

async function attack({ id, params }: Message): Promise<void> {
  const { input, workspace } = params as NonNullable<Message['params']>;
  const context: Context = { facts: input.facts, marker: input.marker, workspace, id, send, ask };
  const outcome = await outcomeOf(input.attack, context);
  if (outcome) answer(id, outcome);
}

async function outcomeOf(name: string, context: Context): Promise<Outcome | null> {
  const run = attacks[name];
  if (!run) return { outcome: 'not tried', detail: 'there is no such attack' };
  try {
    return await run(context);
  } catch (error) {
    return { ...refusal(error), outcome: 'not tried' };
  }
}

function send(raw: string | Uint8Array): void {
  process.stdout.write(raw);
}

function answer(id: number, result: unknown): void {
  send(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`);
}

function ask(method: string, params: object): Promise<Reply> {
  return new Promise((resolve) => {
    const id = nextCall++;
    calls.set(id, resolve);
    send(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
  });
}
