// Generated from contracts/schemas/protocol.v1.json by scripts/generate-types.ts. Do not edit.

/**
 * Newline-delimited JSON-RPC 2.0 over a plugin's stdin and stdout. The kernel sends initialize, execute, health and shutdown as requests and cancel as a notification; the plugin sends progress, log and spend as notifications. One message is one line.
 */
export type ProtocolMessage = RequestMessage | NotificationMessage | SuccessMessage | RefusalMessage;
export type MessageId = number;
/**
 * The execute request this is about.
 */
export type MessageId1 = number;
/**
 * The execute request this is about.
 */
export type MessageId2 = number;
/**
 * The execute request this is about.
 */
export type MessageId3 = number;

export interface RequestMessage {
  jsonrpc: '2.0';
  id: MessageId;
  method:
    | 'initialize'
    | 'execute'
    | 'health'
    | 'shutdown'
    | 'deliver'
    | 'call'
    | 'submit'
    | 'send'
    | 'await'
    | 'publish'
    | 'subscribe'
    | 'request'
    | 'respond'
    | 'register'
    | 'state.get'
    | 'state.set';
  params?:
    | InitializeParams
    | ExecuteParams
    | SendParams
    | {
        [k: string]: unknown | undefined;
      };
}
/**
 * First message to every process.
 */
export interface InitializeParams {
  protocol: 'protocol.v1';
  plugin: string;
  settings: {
    [k: string]: unknown | undefined;
  };
}
export interface ExecuteParams {
  tool: string;
  input: {
    [k: string]: unknown | undefined;
  };
  /**
   * Path inside the box, or null.
   */
  workspace: string | null;
  whatIf: boolean;
  /**
   * W3C trace context.
   */
  traceparent: string;
  /**
   * RFC 3339; after it the process is killed.
   */
  deadline: string;
  /**
   * The claim's moment, RFC 3339; the only clock that a deterministic tool may read.
   */
  now: string;
}
/**
 * A request that the kernel sends once the task's effects are in place. The answer is {"key": …}: what the host gets as Idempotency-Key.
 */
export interface SendParams {
  for: MessageId1;
  /**
   * http:// or https://, a host that is granted as effect, its port, path and query.
   */
  url: string;
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  headers?: {
    [k: string]: string | undefined;
  };
  /**
   * Sent as UTF-8.
   */
  body?: string;
}
export interface NotificationMessage {
  jsonrpc: '2.0';
  method: 'cancel' | 'progress' | 'log' | 'spend';
  params?:
    | CancelParams
    | ProgressParams
    | LogParams
    | SpendParams
    | {
        [k: string]: unknown | undefined;
      };
}
export interface CancelParams {
  id: MessageId;
}
export interface ProgressParams {
  id: MessageId2;
  message: string;
  fraction?: number;
}
export interface LogParams {
  level: 'debug' | 'info' | 'warn' | 'error';
  message: string;
}
/**
 * What the plugin has just spent on a task, besides what it said before.
 */
export interface SpendParams {
  id: MessageId3;
  /**
   * Tokens of a model.
   */
  tokens?: number;
  /**
   * Money, US dollars.
   */
  usd?: number;
}
export interface SuccessMessage {
  jsonrpc: '2.0';
  id: MessageId;
  result: unknown;
}
export interface RefusalMessage {
  jsonrpc: '2.0';
  id: MessageId;
  error: RefusalDetail;
}
export interface RefusalDetail {
  /**
   * JSON-RPC code: -32601 unknown tool, -32602 bad input, -32000 the tool failed, -32001 the tool failed and trying again may help, -32800 cancelled.
   */
  code: number;
  message: string;
  data?: unknown;
}
