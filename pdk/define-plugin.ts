// What a plugin author writes against: name the tools, and this speaks the protocol over stdin and stdout.
import type {
  ExecuteParams,
  InitializeParams,
  LogParams,
  MessageId,
  RequestMessage,
  SendParams,
} from '../contracts/generated/protocol.v1.ts';
import { lineReader } from './line-reader.ts';

/** What a tool gets besides its input. */
export interface ToolContext {
  /** Folder of the workspace as the box shows it; null where the category sees none. */
  readonly workspace: string | null;
  /** True when the caller only wants to see what would change. The kernel enforces it either way. */
  readonly whatIf: boolean;
  /** The claim's moment: the only clock that a deterministic tool may read. */
  readonly now: Date;
  /** The moment after which the process is killed. */
  readonly deadline: Date;
  /** W3C trace context, to hand on. */
  readonly traceparent: string;
  /** This plugin's settings from arbiter.yaml. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Aborts when the task is cancelled. */
  readonly signal: AbortSignal;
  /** Tells how far the work is; needs the grant `progress`. `fraction` runs from 0 to 1. */
  progress(message: string, fraction?: number): void;
  /** Writes to the kernel's log; needs the grant `log`. */
  log(level: LogParams['level'], message: string): void;
  /** Tells what was spent on this task since the last time; needs the grant `spend`. It counts towards its budget. */
  spend(amount: { tokens?: number; usd?: number }): void;
  /** Asks for another task, submitted when this one is committed; needs the grant `submit`. Gives the task's id. */
  submit(task: Record<string, unknown>): Promise<string>;
  /**
   * Hands over a request for a host that is granted as effect; it is sent when this task is committed, at least once.
   * Gives its Idempotency-Key. Nothing is known of the answer here.
   */
  send(request: Omit<SendParams, 'for'>): Promise<string>;
}

/** A named operation: input in, output out. Throw `ToolFailure` to say that it could not be done. */
// biome-ignore lint/suspicious/noExplicitAny: inputs are checked by the kernel against the tool's schema before they come here
export type Tool<Input = any, Output = unknown> = (input: Input, context: ToolContext) => Output | Promise<Output>;

/** What the schemas of a tool say, as types. */
export interface ToolTypes {
  input: unknown;
  output: unknown;
}

/** A tool's own failure, worded for the person who wrote the task. */
export class ToolFailure extends Error {
  override readonly name = 'ToolFailure';
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;

  constructor(message: string, options: { retryable?: boolean } = {}) {
    super(message);
    this.retryable = options.retryable ?? false;
  }
}

const unknownTool = -32601;
const failed = -32000;
const failedForNow = -32001;
const cancelled = -32800;

/**
 * Serves `tools` over stdin and stdout until stdin ends or the kernel says shutdown. `Tools`, which `arbiter plugin sync` writes,
 * holds them to the schemas of plugin.spec.json: each tool is there, takes its input and gives its output.
 */
export function definePlugin<Tools extends { [Name in keyof Tools]: ToolTypes }>(
  tools: {
    [Name in keyof Tools]: Tool<Tools[Name]['input'], Tools[Name]['output']>;
  },
): void;
export function definePlugin(tools: Record<string, Tool>): void;
export function definePlugin(tools: Record<string, Tool>): void {
  // Only protocol messages may reach stdout.
  console.log = console.info = console.debug = console.error;

  const running = new Map<MessageId, AbortController>();
  const asked = new Map<MessageId, { resolve(value: never): void; reject(error: Error): void }>();
  let settings: Record<string, unknown> = {};
  let nextCall = 1;

  const send = outbox();
  const reply = (id: MessageId, result: unknown) => send({ jsonrpc: '2.0', id, result });
  const refuse = (id: MessageId, code: number, message: string) =>
    send({ jsonrpc: '2.0', id, error: { code, message } });

  function initialize(id: MessageId, params: InitializeParams): void {
    settings = params.settings;
    reply(id, { protocol: 'protocol.v1', tools: Object.keys(tools) });
  }

  async function execute(id: MessageId, params: ExecuteParams): Promise<void> {
    const tool = Object.hasOwn(tools, params.tool) ? tools[params.tool] : undefined;
    if (!tool) return refuse(id, unknownTool, `there is no tool ${params.tool}`);
    const abort = new AbortController();
    running.set(id, abort);
    try {
      // A box that waited for its task was started before there was a workspace.
      if (params.workspace !== null) process.chdir(params.workspace);
      const output = tool(params.input, contextOf(id, params, abort.signal));
      reply(id, (output instanceof Promise ? await output : output) ?? null);
    } catch (error) {
      if (abort.signal.aborted) refuse(id, cancelled, 'cancelled');
      else refuse(id, error instanceof ToolFailure && error.retryable ? failedForNow : failed, messageOf(error));
    } finally {
      running.delete(id);
    }
  }

  function contextOf(id: MessageId, params: ExecuteParams, signal: AbortSignal): ToolContext {
    return {
      workspace: params.workspace,
      whatIf: params.whatIf,
      now: new Date(params.now),
      deadline: new Date(params.deadline),
      traceparent: params.traceparent,
      settings,
      signal,
      progress: (message, fraction) =>
        send({
          jsonrpc: '2.0',
          method: 'progress',
          params: { id, message, ...(fraction === undefined ? {} : { fraction }) },
        }),
      spend: ({ tokens = 0, usd = 0 }) => send({ jsonrpc: '2.0', method: 'spend', params: { id, tokens, usd } }),
      log: (level, message) => send({ jsonrpc: '2.0', method: 'log', params: { level, message } }),
      submit: async (task) => (await ask<{ id: string }>('submit', { for: id, task })).id,
      send: async (request) => (await ask<{ key: string }>('send', { for: id, ...request })).key,
    };
  }

  function ask<Answer>(method: string, params: object): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const call = nextCall++;
      asked.set(call, { resolve: resolve as (value: never) => void, reject });
      send({ jsonrpc: '2.0', id: call, method, params });
    });
  }

  function receive(line: string): void {
    const message = parsed(line);
    if (message === undefined) return;
    if (message.method === undefined) return settle(message);
    switch ((message as RequestMessage).method as string) {
      case 'initialize':
        return initialize(message.id, message.params);
      case 'execute':
        void execute(message.id, message.params);
        return;
      case 'cancel':
        return running.get(message.params.id)?.abort();
      case 'health':
        return reply(message.id, { ok: true });
      case 'shutdown':
        reply(message.id, null);
        return leave();
      default:
        return refuse(message.id, unknownTool, `there is no method ${message.method}`);
    }
  }

  function settle(answer: { id: MessageId; result?: unknown; error?: { message: string } }): void {
    const waiting = asked.get(answer.id);
    asked.delete(answer.id);
    if (answer.error) waiting?.reject(new ToolFailure(answer.error.message));
    else waiting?.resolve(answer.result as never);
  }

  lineReader(process.stdin, receive, leave);
}

/** Collects the messages of one turn of the event loop and writes them as one chunk. */
function outbox(): (message: object) => void {
  let pending = '';
  return (message) => {
    if (pending === '') setImmediate(flush);
    pending += `${JSON.stringify(message)}\n`;
  };
  function flush(): void {
    process.stdout.write(pending);
    pending = '';
  }
}

/** Undefined for what is no message: there is nobody to answer it to. */
// biome-ignore lint/suspicious/noExplicitAny: what the kernel sends fits protocol.v1
function parsed(line: string): any {
  try {
    return JSON.parse(line);
  } catch (error) {
    console.error(`A line that is not JSON was left out: ${messageOf(error)}`);
  }
}

/** Ends once what was written has left. */
function leave(): void {
  setImmediate(() => process.stdout.write('', () => process.exit(0)));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
