// Generated from contracts/schemas/settings.v1.json by scripts/generate-types.ts. Do not edit.

/**
 * arbiter.yaml: the settings of a home.
 */
export interface Settings {
  schema: 'settings.v1';
  /**
   * Granted roots. A task's workspace must lie below one of them, and never in the home. Relative paths are relative to the home.
   */
  workspaces: (string | WorkspaceRoot)[];
  /**
   * auto takes the strongest level that proves itself. full: bubblewrap and a system call filter. namespaces: the same mounts and limits without the filter. process: a plain child process, which has to be asked for by name.
   */
  isolation?: 'auto' | 'full' | 'namespaces' | 'process';
  /**
   * Tasks under way at one time.
   */
  concurrency?: number;
  queue?: QueueSettings;
  stop?: StopSettings;
  ledger?: LedgerSettings;
  breaker?: BreakerSettings;
  /**
   * Settings of plugins, by plugin id; each is checked against the plugin's own settings schema.
   */
  plugins?: {
    [k: string]:
      | {
          [k: string]: unknown | undefined;
        }
      | undefined;
  };
  network?: NetworkSettings;
}
export interface WorkspaceRoot {
  path: string;
  /**
   * Folders of a repository's checkout that git ignores, such as node_modules, by their paths below its top. Where they are there, private copies and gates see them, read-only.
   *
   * @maxItems 32
   */
  carry?: string[];
}
export interface QueueSettings {
  /**
   * How long size and mtime must have rested before a file counts as written, milliseconds.
   */
  restMs?: number;
  /**
   * Longest line, bytes.
   */
  lineBytes?: number;
  /**
   * Lines in memory at one time, over all files. Priorities are compared within this window.
   */
  window?: number;
  /**
   * How often the inbox is listed again, whatever the watcher says, milliseconds.
   */
  rescanMs?: number;
}
export interface StopSettings {
  /**
   * How long a plugin may take to end after shutdown or cancel before it is killed, milliseconds.
   */
  graceMs?: number;
}
export interface LedgerSettings {
  /**
   * Files that get each signed checkpoint besides the note below XDG_STATE_HOME, about once a second: on another disk, or a mounted share. Relative paths are relative to the home.
   */
  publish?: string[];
}
/**
 * When a plugin that fails again and again is left alone for a while. Only faults of the plugin count, not those of tasks.
 */
export interface BreakerSettings {
  /**
   * Faults of the plugin in a row that open its circuit.
   */
  failures?: number;
  /**
   * How long nothing is run then, before one task is let through to try, milliseconds.
   */
  openMs?: number;
  /**
   * Other figures for single plugins, by plugin id.
   */
  plugins?: {
    [k: string]: CircuitSettings | undefined;
  };
}
export interface CircuitSettings {
  /**
   * Faults of the plugin in a row that open its circuit.
   */
  failures?: number;
  /**
   * How long nothing is run then, before one task is let through to try, milliseconds.
   */
  openMs?: number;
}
/**
 * What plugins with granted hosts may reach besides, and with which credentials.
 */
export interface NetworkSettings {
  /**
   * host:port pairs that may resolve to loopback, private or link-local addresses; nothing else may.
   */
  privateHosts?: string[];
  /**
   * Headers that the kernel adds to a plugin's plain requests to a host. The plugin never holds them.
   */
  credentials?: Credential[];
}
export interface Credential {
  /**
   * How entries call it.
   */
  name: string;
  host: string;
  /**
   * Plugins whose requests get it.
   *
   * @minItems 1
   */
  plugins: [string, ...string[]];
  /**
   * Name of the header.
   */
  header: string;
  /**
   * Environment variable of the kernel that holds the secret.
   */
  env: string;
  /**
   * What stands before the secret, such as "Bearer ".
   */
  prefix?: string;
}
