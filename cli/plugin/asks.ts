// What a plugin asks for, in words for whoever decides, and what of that is new.
import { profiles } from '../../kernel/host/profiles.ts';
import type { LoadedPlugin } from '../../kernel/loader/plugin.ts';
import { workspaceWords } from './sandbox-words.ts';

const looser = ['none', 'read', 'write'];

/** One line for each thing that it may do, or that it takes over. */
export function asksOf({ spec }: LoadedPlugin): string[] {
  const { reuse } = profiles[spec.category];
  return [
    `is a ${spec.category}: ${workspaceWords(spec.category)}`,
    `serves ${reuse === 'never' ? 'one task a process' : `${reuse} by one process`}`,
    ...(spec.grants?.kernel ?? []).map((call) => `calls the kernel: ${call}`),
    ...(spec.grants?.hosts ?? []).map(({ host, port, access }) => `reaches ${host}:${port} (${access})`),
  ];
}

/** What `next` may do that `before` could not. */
export function moreThan(before: LoadedPlugin, next: LoadedPlugin): string[] {
  const workspaceOf = ({ spec }: LoadedPlugin) => looser.indexOf(profiles[spec.category].workspace);
  const more: string[] = [];
  if (workspaceOf(next) > workspaceOf(before) || before.spec.category !== next.spec.category)
    more.push(`is a ${next.spec.category}, and was a ${before.spec.category}`);
  const had = new Set(asksOf(before));
  more.push(...asksOf(next).filter((line) => !had.has(line) && /^(calls|reaches)/.test(line)));
  const tools = [...next.tools.keys()].filter((tool) => !before.tools.has(tool));
  more.push(...tools.map((tool) => `has a new tool: ${tool}`));
  return more;
}
