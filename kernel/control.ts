// How other commands reach a running kernel: one JSON line each way over run/kernel.sock.
import { rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { createInterface } from 'node:readline';
import { ArbiterError, type ErrorRecord, revive } from '../contracts/errors.ts';
import type { Home } from './home.ts';

export type Command =
  | { readonly command: 'status' }
  | { readonly command: 'stop' }
  | { readonly command: 'cancel'; readonly id: string }
  | RecordCommand
  | EffectCommand;

/** Something that another process did, for the ledger to keep. */
export interface RecordCommand {
  readonly command: 'record';
  readonly event: 'certified' | 'conformed' | 'installed';
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What a person decides about effects that are recorded. */
export interface EffectCommand {
  readonly command: 'apply' | 'approve' | 'reject' | 'rollback';
  readonly id: string;
  /** Name of the user who ran the command, as it says itself. */
  readonly actor: string;
  readonly reason?: string;
}

export type Reply =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly message: string; readonly error?: ErrorRecord };

/** Listens at `socket`; whoever holds the ledger's lock may take the place of a socket that was left behind. */
export async function listen(socket: string, answer: (command: Command) => Promise<unknown>): Promise<Server> {
  rmSync(socket, { force: true });
  const server = createServer((connection) => {
    connection.on('error', () => connection.destroy());
    createInterface({ input: connection }).on('line', async (line) => {
      let reply: Reply;
      try {
        reply = { ok: true, result: await answer(JSON.parse(line)) };
      } catch (error) {
        reply = {
          ok: false,
          message: (error as Error).message,
          ...(error instanceof ArbiterError && { error: recordOf(error) }),
        };
      }
      connection.end(`${JSON.stringify(reply)}\n`);
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socket, resolve));
  return server;
}

/** Asks the kernel behind `socket`; null when none listens there. Throws what the kernel refused. */
export function ask(socket: string, command: Command): Promise<unknown | null> {
  return new Promise((resolve, reject) => {
    let received = '';
    const connection = connect(socket, () => connection.write(`${JSON.stringify(command)}\n`));
    connection.setEncoding('utf8');
    connection.on('data', (text: string) => {
      received += text;
    });
    connection.on('error', () => resolve(null));
    connection.on('end', () => {
      if (received === '') return resolve(null);
      const reply: Reply = JSON.parse(received);
      if (reply.ok) resolve(reply.result ?? {});
      else reject(reply.error ? revive(reply.error) : new Error(reply.message));
    });
  });
}

function recordOf({ code, message, expected, remedy }: ArbiterError): ErrorRecord {
  return { code, message, expected, remedy };
}

/** Whether a kernel runs on `home`. */
export async function isRunning({ socket }: Pick<Home, 'socket'>): Promise<boolean> {
  return (await ask(socket, { command: 'status' })) !== null;
}
