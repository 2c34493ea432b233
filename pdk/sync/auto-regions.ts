// What stands between a line with BEGIN AUTO and one with END AUTO is written by tools; nothing else ever is.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import { typeOfSchema } from './type-of-schema.ts';

const region = /^([^\n]*\bBEGIN AUTO (\w+)[^\n]*\n)([\s\S]*?)^([^\n]*\bEND AUTO \2\b)/gm;

/** `text` with the regions that are known filled from `spec`; others stay as they are. */
export function fillRegions(text: string, spec: PluginSpec): string {
  return text.replace(region, (whole, begin: string, name: string, _old: string, end: string) => {
    const fill = Object.hasOwn(fillings, name) ? fillings[name] : undefined;
    return fill ? `${begin}${fill(spec)}\n${end}` : whole;
  });
}

/** The files of a plugin that may have such regions, by path below its folder. */
export function filesWithRegions(folder: string): string[] {
  const own = existsSync(join(folder, 'src')) ? readdirSync(join(folder, 'src'), { encoding: 'utf8' }) : [];
  const texts = ['README_PLUGIN.md', 'healthcheck.md', ...own.filter(isText).map((name) => `src/${name}`)];
  return texts.filter((file) => existsSync(join(folder, file)));
}

function isText(name: string): boolean {
  return /\.(ts|js|py|sh)$/.test(name);
}

const fillings: Readonly<Record<string, (spec: PluginSpec) => string>> = {
  tools: (spec) => `\n${toolsOf(spec).map(toolText).join('\n\n')}\n`,
  types: (spec) => {
    const tools = toolsOf(spec);
    const named = tools.map(([name, tool]) => ({ name, tool, prefix: tools.length === 1 ? '' : prefixOf(name) }));
    return [...named.map(typesText), `export interface Tools {\n${named.map(memberText).join('\n')}\n}`].join('\n');
  },
};

type ToolSpec = NonNullable<PluginSpec['tools'][string]>;

function toolsOf({ tools }: PluginSpec): [string, ToolSpec][] {
  return Object.entries(tools) as [string, ToolSpec][];
}

function toolText([name, { description, deterministic, input, output }]: [string, ToolSpec]): string {
  const repeat = deterministic ? 'The same input gives the same output.' : 'The same input may give another output.';
  const types = `input:  ${typeOfSchema(input)}\noutput: ${typeOfSchema(output)}`.replaceAll('readonly ', '');
  return `### ${name}\n\n${description} ${repeat}\n\n\`\`\`\n${types}\n\`\`\``;
}

interface NamedTool {
  readonly name: string;
  readonly tool: ToolSpec;
  /** Of the names of its types. */
  readonly prefix: string;
}

function prefixOf(tool: string): string {
  return tool.replace(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase());
}

function typesText({ tool: { input, output }, prefix }: NamedTool): string {
  return `export type ${prefix}Input = ${typeOfSchema(input)};\nexport type ${prefix}Output = ${typeOfSchema(output)};`;
}

/** In the type that definePlugin takes. */
function memberText({ name, prefix }: NamedTool): string {
  return `  '${name}': { input: ${prefix}Input; output: ${prefix}Output };`;
}
