// One plugin process and the conversation with it. What a plugin sends is hostile until checked: lines are capped, text
// is decoded strictly, messages are checked against protocol.v1, and each request takes exactly one answer.
import { finished } from 'node:stream/promises';
import { execa } from 'execa';
import { check } from '../../../contracts/check.ts';
import { type ArbiterError, fault } from '../../../contracts/errors.ts';
import type {
  ExecuteParams,
  InitializeParams,
  NotificationMessage,
  ProtocolMessage,
  RefusalMessage,
  RequestMessage,
} from '../../../contracts/generated/protocol.v1.ts';
import type { Launch } from '../launch/box.ts';
import { inheritedDescriptors } from '../launch/descriptors.ts';
import { FrameError, newFrameReader } from './frames.ts';

/** A request to the kernel in the middle of a task; gives the result, or throws to refuse. */
export type KernelCall = (method: string, params: Record<string, unknown>) => unknown;

export interface Call {
  readonly params: ExecuteParams;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onKernelCall: KernelCall;
}

export interface PluginProcess {
  /** Requests without an answer yet. */
  readonly inFlight: number;
  /** Set once the process can take no more. */
  readonly ended: boolean;
  /** Sends initialize; rejects with PLUGIN_START_FAILED and what the program wrote to stderr. */
  initialize(params: InitializeParams): Promise<void>;
  /** Calls a tool. Rejects with a catalogue error, or with `Interrupted` when another task's fault ended the process. */
  execute(call: Call): Promise<unknown>;
  /** Asks the process to end, and kills it when it has not after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/** The process was ended because of another request; this one may be sent again without counting an attempt. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  override readonly cause: ArbiterError;
  constructor(cause: ArbiterError) {
    super(cause.message);
    this.cause = cause;
  }
}

interface Waiting {
  readonly tool: string;
  readonly onKernelCall: KernelCall;
  /** Starts its time. */
  arm(): void;
  settle(result: { value: unknown } | { error: Error }): void;
}

const stderrKept = 2_000;
const initializeMs = 10_000;
/** How long output may still be on its way after the exit. */
const lastWordsMs = 100;
const toolFailed = -32000;
const toolFailedForNow = -32001;

/** Starts a plugin. `plugin` names it in messages; `lineBytes` caps a line of its output. */
export function startPlugin(plugin: string, launch: Launch, lineBytes: number, graceMs: number): PluginProcess {
  const [file, ...args] = launch.command as [string, ...string[]];
  const child = execa(file, args, {
    env: launch.env,
    extendEnv: false,
    // A session of its own: Ctrl-C in the terminal reaches the kernel, which then decides.
    detached: true,
    buffer: false,
    reject: false,
    cleanup: true,
    stdio: ['pipe', 'pipe', 'pipe', ...inheritedDescriptors()] as ['pipe', 'pipe', 'pipe', ...'ignore'[]],
  });
  const waiting = new Map<number, Waiting>();
  let nextId = 1;
  let stderr = '';
  let endedBecause: ArbiterError | undefined;

  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-stderrKept);
  });
  // A plugin that died leaves a broken pipe behind; its exit tells the story.
  child.stdin?.on('error', () => undefined);
  const read = newFrameReader(lineBytes, receive);
  child.stdout?.on('data', (chunk: Buffer) => {
    try {
      read(chunk);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      end(
        error.reason === 'too long'
          ? fault('PLUGIN_OUTPUT_TOO_LONG', { plugin, limit: lineBytes })
          : fault('PLUGIN_PROTOCOL', { plugin, detail: error.message, received: error.excerpt }),
      );
    }
  });
  // Exit, not close: a surviving grandchild may hold the pipe. What was written before the exit is still read.
  const exited = new Promise<string>((resolve) => {
    if (child.pid === undefined) child.catch(() => undefined).then(() => resolve('it could not be started'));
    child.nodeChildProcess.once('exit', (code, signal) => {
      kill();
      const detail = signal ? `it was ended by ${signal}` : `it ended with code ${code}`;
      const timer = setTimeout(resolve, lastWordsMs, detail);
      const ends = [child.stdout, child.stderr].map((stream) => stream && finished(stream));
      void Promise.allSettled(ends).then(() => {
        clearTimeout(timer);
        resolve(detail);
      });
    });
  });
  exited.then(leaveBehind);

  /** The process is gone: nothing that waits will be answered. */
  function leaveBehind(detail: string): void {
    const alone = waiting.size <= 1;
    for (const call of [...waiting.values()]) {
      if (endedBecause) call.settle({ error: new Interrupted(endedBecause) });
      else {
        const died =
          call.tool === 'initialize'
            ? fault('PLUGIN_START_FAILED', { plugin, detail, limitMs: initializeMs, stderr: said() })
            : fault('PLUGIN_DIED', { plugin, tool: call.tool, detail, stderr: said() });
        call.settle({ error: alone ? died : new Interrupted(died) });
      }
    }
    endedBecause ??= fault('PLUGIN_DIED', { plugin, tool: 'anything', detail, stderr: said() });
  }

  function said(): string {
    return stderr.trim() === '' ? '' : `It wrote: ${stderr.trim()}`;
  }

  /** Ends the process because of something it did. */
  function end(because: ArbiterError): void {
    if (endedBecause) return;
    endedBecause = because;
    // Whoever is alone with the process is the one it happened to.
    if (waiting.size === 1) for (const call of [...waiting.values()]) call.settle({ error: because });
    kill();
  }

  function kill(): void {
    // The whole session, so that no grandchild of a plain child process is left behind; a box ends with its namespace.
    // A number that is gone by now is no harm.
    try {
      process.kill(-(child.pid as number), 'SIGKILL');
    } catch {
      child.kill('SIGKILL');
    }
  }

  function send(message: ProtocolMessage): void {
    child.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  function receive(frame: unknown, excerpt: string): void {
    const checked = check('protocol.v1', frame);
    const broken = (detail: string) => end(fault('PLUGIN_PROTOCOL', { plugin, detail, received: excerpt }));
    if (!checked.ok) return broken('that is no message of protocol.v1');
    const message = checked.value;
    if ('method' in message) {
      if ('id' in message) void answerCall(message);
      else hear(message);
      return;
    }
    const call = waiting.get(message.id);
    if (!call) return broken(`it answered request ${message.id}, which is not open`);
    call.settle('error' in message ? { error: refusal(call.tool, message) } : { value: message.result });
  }

  function refusal(tool: string, { error }: RefusalMessage): ArbiterError {
    if (error.code === toolFailedForNow) return fault('TOOL_FAILED_RETRYABLE', { tool, detail: error.message });
    if (error.code === toolFailed) return fault('TOOL_FAILED', { tool, detail: error.message });
    return fault('PLUGIN_PROTOCOL', {
      plugin,
      detail: `it refused ${tool} with ${error.code}`,
      received: error.message,
    });
  }

  async function answerCall(message: RequestMessage): Promise<void> {
    const params = (message.params ?? {}) as Record<string, unknown>;
    const call = waiting.get(Number(params.for));
    try {
      if (!call) throw fault('PLUGIN_CALL_DENIED', { plugin, method: message.method });
      send({ jsonrpc: '2.0', id: message.id, result: await call.onKernelCall(message.method, params) });
    } catch (error) {
      send({ jsonrpc: '2.0', id: message.id, error: { code: -32601, message: (error as Error).message } });
    }
  }

  function hear(message: NotificationMessage): void {
    const params = (message.params ?? {}) as Record<string, unknown>;
    const about = waiting.get(Number(params.id)) ?? waiting.values().next().value;
    try {
      about?.onKernelCall(message.method, params);
    } catch {
      // A notification takes no answer; the denial is in the task's record.
    }
  }

  /** A request's time runs from when it is the oldest: before that it may wait behind another, through no fault of its own. */
  function armOldest(): void {
    waiting.values().next().value?.arm();
  }

  function ask(
    method: 'initialize' | 'execute',
    params: InitializeParams | ExecuteParams,
    call: Omit<Call, 'params'>,
    late: () => ArbiterError,
  ) {
    return new Promise<unknown>((resolve, reject) => {
      if (endedBecause) return reject(new Interrupted(endedBecause));
      const id = nextId++;
      let timer: NodeJS.Timeout | undefined;
      const arm = () => {
        timer ??= setTimeout(() => {
          const error = late();
          // Ended first: whoever else waits then is a bystander, and not blamed.
          end(error);
          settle({ error });
        }, call.timeoutMs);
      };
      const cancel = () => {
        send({ jsonrpc: '2.0', method: 'cancel', params: { id } });
        setTimeout(() => {
          if (!waiting.has(id)) return;
          const cancelled = fault('CANCELLED', { detail: '' });
          end(cancelled);
          settle({ error: cancelled });
        }, graceMs);
      };
      const settle: Waiting['settle'] = (result) => {
        if (!waiting.delete(id)) return;
        clearTimeout(timer);
        call.signal.removeEventListener('abort', cancel);
        armOldest();
        if ('value' in result) resolve(result.value);
        else reject(call.signal.aborted ? fault('CANCELLED', { detail: '' }) : result.error);
      };
      waiting.set(id, {
        tool: method === 'initialize' ? method : (params as ExecuteParams).tool,
        onKernelCall: call.onKernelCall,
        arm,
        settle,
      });
      armOldest();
      send({ jsonrpc: '2.0', id, method, params: params as unknown as Record<string, unknown> });
      if (call.signal.aborted) cancel();
      else call.signal.addEventListener('abort', cancel, { once: true });
    });
  }

  return {
    get inFlight() {
      return waiting.size;
    },
    get ended() {
      return endedBecause !== undefined;
    },
    async initialize(params) {
      const deny: KernelCall = (method) => {
        throw fault('PLUGIN_CALL_DENIED', { plugin, method });
      };
      const call = { timeoutMs: initializeMs, signal: new AbortController().signal, onKernelCall: deny };
      const late = () =>
        fault('PLUGIN_START_FAILED', { plugin, detail: 'it did not answer', limitMs: initializeMs, stderr: said() });
      await ask('initialize', params, call, late);
    },
    execute(call) {
      const late = () => fault('PLUGIN_TIMEOUT', { plugin, tool: call.params.tool, limitMs: call.timeoutMs });
      return ask('execute', call.params, call, late);
    },
    async stop(grace) {
      if (!endedBecause) {
        send({ jsonrpc: '2.0', id: nextId++, method: 'shutdown' });
        child.stdin?.end();
        endedBecause = fault('PLUGIN_DIED', { plugin, tool: 'anything', detail: 'it was stopped', stderr: '' });
      }
      const timer = setTimeout(kill, grace);
      await exited;
      clearTimeout(timer);
    },
  };
}
