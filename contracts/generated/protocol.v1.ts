// Generated from contracts/schemas/protocol.v1.json by scripts/generate-types.ts. Do not edit.

/**
 * Newline-delimited JSON-RPC 2.0 over a plugin's stdin and stdout. The kernel sends initialize, execute, health and shutdown as requests and cancel as a notification; the plugin sends progress and log as notifications. One message is one line.
 */
export type ProtocolMessage = RequestMessage | NotificationMessage | SuccessMessage | RefusalMessage;
export type MessageId = number;

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
    | 'await'
    | 'publish'
    | 'subscribe'
    | 'request'
    | 'respond'
    | 'register'
    | 'state.get'
    | 'state.set';
  params?: {
    [k: string]: unknown | undefined;
  };
}
export interface NotificationMessage {
  jsonrpc: '2.0';
  method: 'cancel' | 'progress' | 'log';
  params?: {
    [k: string]: unknown | undefined;
  };
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
