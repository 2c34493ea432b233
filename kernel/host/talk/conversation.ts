// The conversation with one plugin process, whatever carries it. What a plugin says is hostile until checked: messages
// have to fit protocol.v1, each request takes exactly one answer, and what it sends unasked has its rate.
import { check } from '../../../contracts/check.ts';
import { type ArbiterError, fault } from '../../../contracts/errors.ts';
import type { CategoryBudget } from '../../../contracts/generated/performance.v1.ts';
import type {
  ExecuteParams,
  InitializeParams,
  NotificationMessage,
  ProtocolMessage,
  RefusalMessage,
  RequestMessage,
} from '../../../contracts/generated/protocol.v1.ts';
import { type Allowance, newAllowance } from './allowance.ts';
import { limitInWords } from './limit-behind.ts';

/** A request to the kernel in the middle of a task; gives the result, or throws to refuse. */
export type KernelCall = (method: string, params: Record<string, unknown>) => unknown;

export interface Question {
  readonly method: 'initialize' | 'execute';
  readonly params: InitializeParams | ExecuteParams;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onKernelCall: KernelCall;
  /** The error when no answer comes in time. */
  late(): ArbiterError;
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

/** Who a fault is blamed on: whoever is alone with the process, or nobody who still waits. */
type Blame = 'who is alone' | 'nobody';

export interface ConversationOptions {
  readonly plugin: string;
  readonly limits: CategoryBudget;
  /** How long a cancelled request may take to be answered, milliseconds. */
  readonly graceMs: number;
  send(message: ProtocolMessage): void;
  /** The process has to go because of something it did. Called once. */
  onFault(because: ArbiterError): void;
}

export interface Conversation {
  /** Requests without an answer yet. */
  readonly open: number;
  /** Why nothing more can be asked, once that is so. */
  readonly endedBecause: ArbiterError | undefined;
  ask(question: Question): Promise<unknown>;
  /** Takes a message. `flush` has to follow when all that came with it has been taken. */
  hear(frame: unknown, excerpt: string): void;
  /** Hands over the answers that came: only now, so that a second one in the same breath counts. */
  flush(): void;
  /** Ends it because of something the plugin did. */
  fail(because: ArbiterError, blame?: Blame): void;
  /** Says shutdown; only the answer to that may still come. */
  dismiss(): void;
  /** Ends it because the process is gone; `died` words it for the request that was under way. */
  close(died: (tool: string) => ArbiterError): void;
}

interface Waiting {
  readonly tool: string;
  readonly onKernelCall: KernelCall;
  readonly mayTalk: Allowance;
  /** Starts its time. */
  arm(): void;
  settle(result: Result): void;
}

type Result = { value: unknown } | { error: Error } | { error: ArbiterError; fatal: true };

const toolFailed = -32000;
const toolFailedForNow = -32001;
const badInput = -32602;

export function newConversation({ plugin, limits, graceMs, send, onFault }: ConversationOptions): Conversation {
  const waiting = new Map<number, Waiting>();
  const answers = new Map<number, Result>();
  let nextId = 1;
  let farewell: number | undefined;
  let endedBecause: ArbiterError | undefined;

  function fail(because: ArbiterError, blame: Blame = 'who is alone'): void {
    if (endedBecause) return;
    endedBecause = because;
    const guilty = blame === 'who is alone' && waiting.size === 1;
    if (guilty) for (const call of [...waiting.values()]) call.settle({ error: because });
    onFault(because);
  }

  function broken(detail: string, received: string, blame?: Blame): void {
    fail(fault('PLUGIN_PROTOCOL', { plugin, detail, received }), blame);
  }

  function hear(frame: unknown, excerpt: string): void {
    if (endedBecause) return;
    const checked = check('protocol.v1', frame);
    if (!checked.ok) return broken('that is no message of protocol.v1', excerpt);
    const message = checked.value;
    if (!('method' in message)) return hearAnswer(message, excerpt);
    const params = (message.params ?? {}) as Record<string, unknown>;
    const asked = 'id' in message;
    const call = asked
      ? waiting.get(Number(params.for))
      : (waiting.get(Number(params.id)) ?? (message.method === 'spend' ? undefined : waiting.values().next().value));
    const talker = call ?? waiting.values().next().value;
    if (talker && !talker.mayTalk(1)) {
      const detail = `it sent more besides its answer, ${message.method} among it`;
      const value = limits.messagesPerSecond;
      return fail(fault('PLUGIN_LIMIT', { plugin, limit: 'messagesPerSecond', value, tool: talker.tool, detail }));
    }
    if (asked) void answerCall(message, call, params);
    else note(message, call, params);
  }

  function hearAnswer(message: Exclude<ProtocolMessage, RequestMessage | NotificationMessage>, excerpt: string): void {
    const { id } = message;
    if (id === farewell) return;
    const call = waiting.get(id);
    if (answers.has(id)) {
      const twice = { plugin, detail: `it answered request ${id} twice`, received: excerpt };
      answers.set(id, { error: fault('PLUGIN_PROTOCOL', twice), fatal: true });
      return;
    }
    if (call) answers.set(id, 'error' in message ? { error: refusal(call.tool, message) } : { value: message.result });
    else if (id < nextId) broken(`it answered request ${id}, which was answered before`, excerpt, 'nobody');
    else broken(`it answered request ${id}, which nobody sent`, excerpt);
  }

  function flush(): void {
    for (const [id, result] of answers) {
      answers.delete(id);
      waiting.get(id)?.settle(result);
      if ('fatal' in result) fail(result.error, 'nobody');
    }
  }

  function stoppedFault(): ArbiterError {
    return fault('PLUGIN_DIED', { plugin, tool: 'anything', detail: 'it was stopped', stderr: '' });
  }

  function refusal(tool: string, { error }: RefusalMessage): ArbiterError {
    const detail = error.message;
    if (![toolFailed, toolFailedForNow, badInput].includes(error.code))
      return fault('PLUGIN_PROTOCOL', { plugin, detail: `it refused ${tool} with ${error.code}`, received: detail });
    if (error.code === toolFailedForNow) return fault('TOOL_FAILED_RETRYABLE', { tool, detail });
    const limit = limitInWords(detail);
    if (limit)
      return fault('PLUGIN_LIMIT', { plugin, limit, value: limits[limit], tool, detail: `it said: ${detail}` });
    return fault('TOOL_FAILED', { tool, detail });
  }

  async function answerCall(
    { id, method }: RequestMessage,
    call: Waiting | undefined,
    params: Record<string, unknown>,
  ): Promise<void> {
    try {
      if (!call) {
        // Whoever could have meant it gets the denial into its record.
        waiting.values().next().value?.onKernelCall(`${method} for another task`, {});
        throw fault('PLUGIN_CALL_DENIED', { plugin, method });
      }
      send({ jsonrpc: '2.0', id, result: await call.onKernelCall(method, params) });
    } catch (error) {
      send({ jsonrpc: '2.0', id, error: { code: -32601, message: (error as Error).message } });
    }
  }

  function note({ method }: NotificationMessage, call: Waiting | undefined, params: Record<string, unknown>): void {
    try {
      call?.onKernelCall(method, params);
    } catch {
      // A notification takes no answer; the denial is in the task's record.
    }
  }

  /** A request's time runs from when it is the oldest: before that it may wait behind another, through no fault of its own. */
  function armOldest(): void {
    waiting.values().next().value?.arm();
  }

  function ask({ method, params, timeoutMs, signal, onKernelCall, late }: Question): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const over = endedBecause ?? (farewell === undefined ? undefined : stoppedFault());
      if (over) return reject(new Interrupted(over));
      const id = nextId++;
      let timer: NodeJS.Timeout | undefined;
      const arm = () => {
        timer ??= setTimeout(() => {
          const error = late();
          // Ended first: whoever else waits then is a bystander, and not blamed.
          fail(error, 'nobody');
          settle({ error });
        }, timeoutMs);
      };
      const cancel = () => {
        send({ jsonrpc: '2.0', method: 'cancel', params: { id } });
        setTimeout(() => {
          if (!waiting.has(id)) return;
          const cancelled = fault('CANCELLED', { detail: '' });
          fail(cancelled, 'nobody');
          settle({ error: cancelled });
        }, graceMs);
      };
      const settle = (result: Result) => {
        if (!waiting.delete(id)) return;
        clearTimeout(timer);
        signal.removeEventListener('abort', cancel);
        armOldest();
        if ('value' in result) resolve(result.value);
        else reject(signal.aborted ? fault('CANCELLED', { detail: '' }) : result.error);
      };
      const tool = method === 'initialize' ? method : (params as ExecuteParams).tool;
      waiting.set(id, { tool, onKernelCall, mayTalk: newAllowance(limits.messagesPerSecond), arm, settle });
      armOldest();
      send({ jsonrpc: '2.0', id, method, params: params as unknown as Record<string, unknown> });
      if (signal.aborted) cancel();
      else signal.addEventListener('abort', cancel, { once: true });
    });
  }

  return {
    get open() {
      return waiting.size;
    },
    get endedBecause() {
      return endedBecause;
    },
    ask,
    hear,
    flush,
    fail,
    dismiss() {
      farewell = nextId++;
      send({ jsonrpc: '2.0', id: farewell, method: 'shutdown' });
    },
    close(died) {
      const alone = waiting.size <= 1;
      for (const { tool, settle } of [...waiting.values()]) {
        if (endedBecause) settle({ error: new Interrupted(endedBecause) });
        else if (farewell !== undefined) settle({ error: new Interrupted(stoppedFault()) });
        else settle({ error: alone ? died(tool) : new Interrupted(died(tool)) });
      }
      endedBecause ??= died('anything');
    },
  };
}
