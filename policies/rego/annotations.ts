// METADATA comments: YAML above a package or a rule.
import { parseDocument } from 'yaml';
import { fromJson, type Value } from './values.ts';

export interface Annotations {
  /** The block that ends above `row` and was not asked for yet. */
  before(row: number): Value | undefined;
}

export function annotationsOf(text: string): Annotations {
  const blocks: { endRow: number; yaml: string }[] = [];
  if (text.includes('# METADATA')) {
    const lines = text.split('\n');
    for (let i = 0; i < lines.length; i++) {
      if (!/^\s*# METADATA\s*$/.test(lines[i] as string)) continue;
      const start = i + 1;
      while (/^\s*#/.test(lines[i + 1] ?? '')) i++;
      const yaml = lines.slice(start, i + 1).map((line) => line.replace(/^\s*# ?/, ''));
      blocks.push({ endRow: i + 1, yaml: yaml.join('\n') });
    }
  }
  return {
    before(row) {
      let found: Value | undefined;
      while (blocks[0] && blocks[0].endRow < row) found = read((blocks.shift() as { yaml: string }).yaml);
      return found;
    },
  };
}

function read(yaml: string): Value {
  const content: unknown = parseDocument(yaml).toJS({ maxAliasCount: 0 });
  if (typeof content !== 'object' || content === null) return fromJson({});
  const { authors, ...rest } = content as Record<string, unknown>;
  return fromJson({ ...rest, ...(Array.isArray(authors) && { authors: authors.map(author) }) });
}

function author(written: unknown): unknown {
  if (typeof written !== 'string') return written;
  const email = /<([^>]*)>\s*$/.exec(written)?.[1];
  return { name: written.replace(/\s*<[^>]*>\s*$/, ''), ...(email && { email }) };
}
