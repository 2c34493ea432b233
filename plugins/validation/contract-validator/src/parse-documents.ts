import { extname } from 'node:path';

/** A value of a file, and where a file has one on each line, its line. */
export interface ParsedDocument {
  readonly value: unknown;
  readonly line?: number;
}

interface Parsed {
  readonly documents: ParsedDocument[];
  readonly faults: { message: string; line?: number }[];
}

type Parse = (text: string) => Parsed | Promise<Parsed>;

const parsers: Record<string, Parse> = {
  '.json': parseJson,
  '.jsonl': parseJsonLines,
  '.yaml': parseYaml,
  '.yml': parseYaml,
};

/** Whether the name promises something that can be parsed here. */
export function isDocument(path: string): boolean {
  return Object.hasOwn(parsers, extname(path));
}

export function parseDocuments(path: string, text: string): Parsed | Promise<Parsed> {
  return (parsers[extname(path)] as Parse)(text);
}

function parseJson(text: string): Parsed {
  try {
    return { documents: [{ value: JSON.parse(text) }], faults: [] };
  } catch (error) {
    const { message } = error as SyntaxError;
    const line = message.match(/\(line (\d+) column \d+\)$/)?.[1];
    return {
      documents: [],
      faults: [{ message: `It is not JSON: ${message}.`, ...(line ? { line: Number(line) } : {}) }],
    };
  }
}

function parseJsonLines(text: string): Parsed {
  const parsed: Parsed = { documents: [], faults: [] };
  text.split('\n').forEach((content, index) => {
    if (content.trim() === '') return;
    const line = index + 1;
    try {
      parsed.documents.push({ value: JSON.parse(content), line });
    } catch (error) {
      // To JSON.parse every line is line 1.
      const message = (error as SyntaxError).message.replace(/ \(line 1 column \d+\)$/, '');
      parsed.faults.push({ message: `The line is not JSON: ${message}.`, line });
    }
  });
  return parsed;
}

/** Loaded at the first use: most changes hold no YAML. */
async function parseYaml(text: string): Promise<Parsed> {
  const { parseAllDocuments } = await import('yaml');
  const parsed: Parsed = { documents: [], faults: [] };
  try {
    for (const document of parseAllDocuments(text, { prettyErrors: true, logLevel: 'silent' })) {
      for (const { message, linePos } of document.errors) {
        const fault = message.replace(/ at line \d+, column \d+:.*$/s, '');
        parsed.faults.push({ message: `It is not YAML: ${fault}.`, ...(linePos ? { line: linePos[0].line } : {}) });
      }
      if (document.errors.length === 0) parsed.documents.push({ value: document.toJS() });
    }
  } catch (error) {
    // Aliases that unfold into too much, or more levels than the stack can hold.
    parsed.faults.push({ message: `It cannot be unfolded: ${(error as Error).message}.` });
  }
  return parsed;
}
