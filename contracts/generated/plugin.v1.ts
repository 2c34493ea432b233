// Generated from contracts/schemas/plugin.v1.json by scripts/generate-types.ts. Do not edit.

/**
 * plugin.spec.json: what a plugin is and what it asks for, written by its author.
 */
export interface PluginSpec {
  schema: 'plugin.v1';
  /**
   * Unique name; also the folder's name.
   */
  id: string;
  /**
   * Semantic version.
   */
  version: string;
  /**
   * Decides the sandbox profile.
   */
  category: 'acquisition' | 'transformation' | 'state-change' | 'validation' | 'orchestration';
  title?: string;
  description: string;
  author?: string;
  license?: string;
  entry: PluginEntry;
  /**
   * Named operations.
   */
  tools: {
    [k: string]: ToolSpec | undefined;
  };
  grants?: Grants;
  limits?: Limits;
  concurrency?: PluginConcurrency;
  slo?: ServiceLevel;
  /**
   * JSON Schema of the values under plugins.<id> in arbiter.yaml.
   */
  settings?: {
    [k: string]: unknown | undefined;
  };
  routing?: RoutingFacts;
  agents?: {
    [k: string]: unknown | undefined;
  }[];
  commands?: {
    [k: string]: unknown | undefined;
  }[];
  topics?: Topics;
  stateExports?: string[];
  errorHandling?: ErrorHandling;
}
/**
 * The one file that runs.
 */
export interface PluginEntry {
  /**
   * Path below the plugin's folder.
   */
  file: string;
  /**
   * node: a bundled JavaScript file. executable: a program or a script with a #! line.
   */
  runtime: 'node' | 'executable';
}
export interface ToolSpec {
  title?: string;
  description: string;
  /**
   * JSON Schema 2020-12 of the input.
   */
  input: {
    [k: string]: unknown | undefined;
  };
  /**
   * JSON Schema 2020-12 of the output.
   */
  output: {
    [k: string]: unknown | undefined;
  };
  /**
   * Same input and workspace, same output. One that asks a network or a model is not.
   */
  deterministic: boolean;
  /**
   * Wall time, milliseconds.
   */
  timeoutMs?: number;
  /**
   * Whether a task for this tool must name a workspace.
   */
  workspace?: 'required' | 'optional' | 'none';
}
/**
 * What the plugin may do beyond its category's profile. Nothing when left out.
 */
export interface Grants {
  /**
   * Kernel calls it may make.
   */
  kernel?: (
    | 'progress'
    | 'log'
    | 'spend'
    | 'submit'
    | 'await'
    | 'publish'
    | 'subscribe'
    | 'request'
    | 'respond'
    | 'register'
    | 'state.get'
    | 'state.set'
  )[];
  /**
   * Hosts it may reach.
   */
  hosts?: HostGrant[];
}
export interface HostGrant {
  host: string;
  port: number;
  /**
   * read: open while it works. effect: closed then; such requests are for the kernel to send after the gates.
   */
  access: 'read' | 'effect';
  /**
   * Whether the host speaks TLS; when left out, port 443 does. A plugin asks it over plain HTTP all the same: the kernel starts TLS, and adds the credentials.
   */
  tls?: boolean;
}
/**
 * May only tighten policies/performance.yml.
 */
export interface Limits {
  wallMs?: number;
  cpuSeconds?: number;
  memoryMb?: number;
  processes?: number;
  openFiles?: number;
  fileMb?: number;
  outputBytes?: number;
  scratchMb?: number;
  workspaceMb?: number;
  messagesPerSecond?: number;
  outputMbPerSecond?: number;
  recycleTasks?: number;
}
export interface PluginConcurrency {
  /**
   * Most processes at one time.
   */
  processes?: number;
  /**
   * Most requests in flight in one process; 1 means one after another.
   */
  pipeline?: number;
}
export interface ServiceLevel {
  p95Ms?: number;
}
/**
 * For the router of free-text requests.
 */
export interface RoutingFacts {
  priority?: number;
  keywords?: string[];
  examples?: string[];
  domains?: string[];
  contexts?: string[];
  patterns?: string[];
  acceptsRoutingFrom?: string[];
  canRouteTo?: string[];
}
export interface Topics {
  publishes?: string[];
  subscribes?: string[];
}
export interface ErrorHandling {
  retry?: PluginRetry;
  /**
   * @deprecated
   * Use errorHandling.retry instead: nothing reads this.
   */
  retryPolicy?: {
    [k: string]: unknown | undefined;
  };
  /**
   * @deprecated
   * Leave it to whoever runs the plugin, who sets breaker in arbiter.yaml: nothing reads this.
   */
  circuitBreaker?: {
    [k: string]: unknown | undefined;
  };
  /**
   * @deprecated
   * Leave it to whoever runs the plugin, whose table fallback decides: nothing reads this.
   */
  fallback?: {
    [k: string]: unknown | undefined;
  };
  [k: string]: unknown | undefined;
}
/**
 * How failures are tried again where neither the task nor the decision table says so.
 */
export interface PluginRetry {
  maxAttempts?: number;
  strategy?: 'linear' | 'exponential' | 'fibonacci';
  delayMs?: number;
  jitter?: number;
}
