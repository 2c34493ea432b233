// What a category gets: the table of sandbox profiles.
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';

export interface Profile {
  readonly workspace: 'none' | 'read' | 'write';
  /** Which tasks may share a process: any of the plugin, those on one workspace, or none. */
  readonly reuse: 'any task' | 'same workspace' | 'never';
  /** Whether hosts can be granted to it. */
  readonly network: 'never' | 'granted hosts';
}

export const profiles: Readonly<Record<PluginSpec['category'], Profile>> = {
  acquisition: { workspace: 'read', reuse: 'same workspace', network: 'granted hosts' },
  transformation: { workspace: 'none', reuse: 'any task', network: 'never' },
  'state-change': { workspace: 'write', reuse: 'never', network: 'granted hosts' },
  validation: { workspace: 'read', reuse: 'same workspace', network: 'granted hosts' },
  orchestration: { workspace: 'none', reuse: 'any task', network: 'never' },
};
