// One plugin process: a box with a conversation going on in it. Lines are capped, text is decoded strictly, what it
// writes has its rate, and how it ends is told to whoever waits.
import { type ArbiterError, fault } from '../../../contracts/errors.ts';
import type { CategoryBudget } from '../../../contracts/generated/performance.v1.ts';
import type { ExecuteParams, InitializeParams, ProtocolMessage } from '../../../contracts/generated/protocol.v1.ts';
import type { Recorder } from '../egress/exchange.ts';
import type { WayOut } from '../egress/way-out.ts';
import type { BoxWorkspace, Launch } from '../launch/box.ts';
import { type Exit, spawnBox } from '../launch/spawn.ts';
import type { Watch, Watchdog } from '../watch/watchdog.ts';
import { newAllowance } from './allowance.ts';
import { type KernelCall, newConversation } from './conversation.ts';
import { FrameError, newFrameReader } from './frames.ts';
import { type LimitName, limitInSignal, limitInWords } from './limit-behind.ts';

export interface Call {
  readonly params: ExecuteParams;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onKernelCall: KernelCall;
  readonly onRequest: Recorder;
}

export interface PluginProcess {
  /** Whether it can take no more. */
  readonly ended: boolean;
  /** Whether requests wait in the pipe because it does not read them. */
  readonly clogged: boolean;
  /** Whether it has taken so much that another should follow it. */
  readonly worn: boolean;
  /** Sends initialize; rejects with PLUGIN_START_FAILED and what the program wrote to stderr. */
  initialize(params: InitializeParams): Promise<void>;
  /** Shows a workspace to a box that was launched without one. */
  show(workspace: BoxWorkspace): Promise<void>;
  /** Calls a tool. Rejects with a catalogue error, or with `Interrupted` when another task's fault ended the process. */
  execute(call: Call): Promise<unknown>;
  /** Ends the process because of something it did. */
  fail(because: ArbiterError): void;
  /** Ends the process, which has no more to do: when this resolves, nothing of it can write any more. */
  finish(): Promise<void>;
  /** Asks the process to end, and kills it when it has not after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

export interface PluginProcessOptions {
  /** Names it in messages. */
  readonly plugin: string;
  readonly launch: Launch;
  readonly limits: CategoryBudget;
  readonly graceMs: number;
  readonly watchdog: Watchdog;
  /** Its way to the network; closed when it ends. */
  readonly wayOut: WayOut | null;
}

const stderrKept = 2_000;
const initializeMs = 10_000;
/** As much as may wait for a plugin to read it, bytes: one message of the longest kind, and some. */
const unreadAtMost = 24 * 1024 * 1024;
const clogsAt = 1024 * 1024;
const megabyte = 1024 * 1024;
const notLogged: KernelCall = (method) => {
  throw new Error(`${method} before a task`);
};

/** Starts a plugin. */
export function startPlugin({
  plugin,
  launch,
  limits,
  graceMs,
  watchdog,
  wayOut,
}: PluginProcessOptions): PluginProcess {
  const box = spawnBox(launch);
  let stderr = '';
  let stopped = false;
  let watch: Watch | undefined;
  const mayWrite = newAllowance(limits.outputMbPerSecond * megabyte);

  const talk = newConversation({ plugin, limits, graceMs, send, onFault: () => box.kill() });
  const readFrames = newFrameReader(limits.outputBytes, talk.hear);

  box.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('utf8')).slice(-stderrKept);
    count(chunk.length);
  });
  box.stdout.on('data', (chunk: Buffer) => {
    if (!count(chunk.length)) return;
    try {
      readFrames(chunk);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      talk.fail(
        error.reason === 'too long'
          ? fault('PLUGIN_OUTPUT_TOO_LONG', { plugin, limit: limits.outputBytes })
          : fault('PLUGIN_PROTOCOL', { plugin, detail: error.message, received: error.excerpt }),
      );
    }
    talk.flush();
  });
  if (box.pid !== undefined) {
    watch = watchdog.watch({
      pid: box.pid,
      limits,
      busy: () => talk.open > 0,
      onBreach: (limit, detail) => talk.fail(overLimit(limit, detail)),
    });
  }
  void box.exited.then((exit) => {
    watch?.end();
    void wayOut?.close();
    talk.close((tool) => died(tool, exit));
  });

  function count(bytes: number): boolean {
    if (talk.endedBecause) return false;
    if (mayWrite(bytes)) return true;
    talk.fail(overLimit('outputMbPerSecond', 'it wrote more to stdout and stderr'));
    return false;
  }

  function overLimit(limit: LimitName, detail: string): ArbiterError {
    return fault('PLUGIN_LIMIT', { plugin, limit, value: limits[limit], tool: 'its work', detail });
  }

  /** Words how the process ended for the request that was under way. */
  function died(tool: string, { detail, signal }: Exit): ArbiterError {
    const limit = limitInSignal(signal) ?? limitInWords(stderr);
    if (limit && !stopped) return fault('PLUGIN_LIMIT', { plugin, limit, value: limits[limit], tool, detail });
    if (tool === 'initialize') return startFailed(detail);
    return fault('PLUGIN_DIED', { plugin, tool, detail, stderr: said() });
  }

  function startFailed(detail: string): ArbiterError {
    return fault('PLUGIN_START_FAILED', { plugin, detail, limitMs: initializeMs, stderr: said() });
  }

  function said(): string {
    return stderr.trim() === '' ? '' : `It wrote: ${stderr.trim()}`;
  }

  function send(message: ProtocolMessage): void {
    if (box.stdin.writableLength > unreadAtMost) {
      const received = 'nothing was read from stdin';
      return talk.fail(fault('PLUGIN_PROTOCOL', { plugin, detail: 'it does not read what it is sent', received }));
    }
    box.stdin.write(`${JSON.stringify(message)}\n`);
  }

  return {
    get ended() {
      return stopped || talk.endedBecause !== undefined;
    },
    get clogged() {
      return box.stdin.writableLength > clogsAt;
    },
    get worn() {
      return watch?.worn ?? false;
    },
    async initialize(params) {
      const answer = await talk.ask({
        ...{ method: 'initialize', params, timeoutMs: initializeMs, signal: new AbortController().signal },
        onKernelCall: notLogged,
        late: () => startFailed('it did not answer'),
      });
      const spoken = (answer as { protocol?: unknown } | null)?.protocol;
      if (spoken === params.protocol) return;
      throw startFailed(`it speaks ${JSON.stringify(spoken) ?? 'nothing'}, not ${params.protocol}`);
    },
    show: box.show,
    fail: talk.fail,
    async execute({ params, timeoutMs, signal, onKernelCall, onRequest }) {
      watch?.hurry();
      const late = () => fault('PLUGIN_TIMEOUT', { plugin, tool: params.tool, limitMs: timeoutMs });
      wayOut?.begin(onRequest);
      try {
        return await talk.ask({ method: 'execute', params, timeoutMs, signal, onKernelCall, late });
      } finally {
        wayOut?.end();
      }
    },
    async finish() {
      stopped = true;
      box.kill();
      await box.exited;
    },
    async stop(grace) {
      if (!stopped && !talk.endedBecause) {
        stopped = true;
        talk.dismiss();
        box.stdin.end();
      }
      const timer = setTimeout(box.kill, grace);
      await box.exited;
      clearTimeout(timer);
    },
  };
}
