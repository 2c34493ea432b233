// A conversation with a plugin over its stdin and stdout. Whatever it does, who asked it something gets an answer or an error, the one
// that the kernel would report; and a process that hangs or breaks the protocol is killed.
import { execa } from 'execa';
import { fault } from '../contracts/errors.ts';
import { lineReader } from './line-reader.ts';

export interface Conversation {
  /** Resolves with the result of a request. `name` is what it is called in errors. */
  ask(method: string, params: object, name?: string): Promise<unknown>;
  /** Ends the plugin's input and waits for it to end. Throws PLUGIN_TIMEOUT, once it was killed, when it does not. */
  end(): Promise<void>;
}

export interface Partner {
  readonly plugin: string;
  readonly command: readonly [string, ...string[]];
  readonly timeoutMs: number;
  /** Answers a call of the plugin's own; what it throws is the refusal. */
  readonly onCall: (method: string, params: Record<string, unknown>) => unknown;
}

interface Call {
  readonly name: string;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

const noSuchMethod = -32601;

export function talkToPlugin({ plugin, command, timeoutMs, onCall }: Partner): Conversation {
  const [file, ...args] = command;
  const child = execa(file, args, { buffer: false, reject: false, stderr: 'inherit', stdin: 'pipe' });
  const waiting = new Map<number, Call>();
  let nextId = 1;
  /** How the process ended, once it did. */
  let ended: string | undefined;

  const write = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  // Nobody is left to read it; who waits is told how the process ended.
  child.stdin.on('error', () => {});
  const gone = child.then(({ exitCode, signal, shortMessage }) => {
    ended = signal ? `ended by ${signal}` : exitCode === undefined ? shortMessage : `ended with ${exitCode}`;
    rejectAll(({ name }) => died(name, ended as string));
  });
  lineReader(child.stdout, receive, () => {});

  function died(name: string, detail: string): Error {
    if (name === 'initialize') return fault('PLUGIN_START_FAILED', { plugin, detail, limitMs: timeoutMs, stderr: '' });
    return fault('PLUGIN_DIED', { plugin, tool: name, detail, stderr: '' });
  }

  function rejectAll(errorFor: (call: Call) => Error): void {
    for (const call of waiting.values()) call.reject(errorFor(call));
    waiting.clear();
  }

  function receive(line: string): void {
    const message = parsed(line);
    if (message === undefined) return breakOff('a line that is not JSON is on stdout', line);
    if (message.method !== undefined) return message.id === undefined ? undefined : answer(message);
    const call = waiting.get(message.id);
    if (!call) return breakOff('an answer to what nobody asked', line);
    waiting.delete(message.id);
    if (message.error) call.reject(new Error(message.error.message));
    else call.resolve(message.result);
  }

  function answer({ id, method, params }: { id: number; method: string; params: Record<string, unknown> }): void {
    try {
      write({ id, result: onCall(method, params) });
    } catch (error) {
      write({ id, error: { code: noSuchMethod, message: (error as Error).message } });
    }
  }

  function breakOff(detail: string, line: string): void {
    rejectAll(() => fault('PLUGIN_PROTOCOL', { plugin, detail, received: line.slice(0, 200) }));
    child.kill('SIGKILL');
  }

  function giveUp(name: string): Error {
    child.kill('SIGKILL');
    return fault('PLUGIN_TIMEOUT', { plugin, tool: name, limitMs: timeoutMs });
  }

  return {
    ask(method, params, name = method) {
      if (ended !== undefined) return Promise.reject(died(name, ended));
      const id = nextId++;
      const asked = new Promise((resolve, reject) => waiting.set(id, { name, resolve, reject }));
      const timer = setTimeout(() => {
        waiting.get(id)?.reject(giveUp(name));
        waiting.delete(id);
      }, timeoutMs);
      write({ id, method, params });
      return asked.finally(() => clearTimeout(timer));
    },
    async end() {
      let late: Error | undefined;
      const timer = setTimeout(() => {
        late = giveUp('the end of its input');
      }, timeoutMs);
      child.stdin.end();
      await gone;
      clearTimeout(timer);
      if (late) throw late;
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: the kernel checks it against protocol.v1; here its author looks at it
function parsed(line: string): any {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
