// Texts in pieces of a size that suits the rules: small texts together, for each call of the rules costs what 4 kB cost;
// large ones apart, so that the time can be looked at between two pieces.

export interface SearchedText {
  readonly path: string;
  readonly text: string;
}

interface Part {
  readonly path: string;
  /** Where it starts in the piece, from 1. */
  readonly line: number;
  /** Which line of its text that is, from 1. */
  readonly firstLine: number;
}

export interface Piece {
  /** Some rules look at the name of the file, others at what it ends with. */
  readonly path: string;
  readonly text: string;
  readonly parts: readonly [Part, ...Part[]];
}

const together = 32 * 1024;
const most = 256 * 1024;
/** No rule looks for more than this at once. */
const overlap = 16 * 1024;
/** Where a rule looks at the name. */
const named = /(?:package(?:-lock)?\.json|\.npmrc)$/;

export function* pieces(texts: readonly SearchedText[]): Iterable<Piece> {
  let parts: Part[] = [];
  let lines: string[] = [];
  let [length, line] = [0, 1];
  for (const { path, text } of texts) {
    if (text.length > together || named.test(path) || (path.endsWith('.json') && text.includes('private_key'))) {
      yield* apart(path, text);
      continue;
    }
    if (length + text.length > together) yield* taken();
    parts.push({ path, line, firstLine: 1 });
    lines.push(text);
    length += text.length;
    line += newlines(text) + 1;
  }
  yield* taken();

  function* taken(): Iterable<Piece> {
    const [first, ...others] = parts;
    if (first) yield { path: 'texts', text: lines.join('\n'), parts: [first, ...others] };
    [parts, lines, length, line] = [[], [], 0, 1];
  }
}

function* apart(path: string, text: string): Iterable<Piece> {
  let firstLine = 1;
  for (let start = 0; ; ) {
    const end = start + most;
    yield { path, text: text.slice(start, end), parts: [{ path, line: 1, firstLine }] };
    if (end >= text.length) return;
    const next = end - overlap;
    firstLine += newlines(text.slice(start, next));
    start = next;
  }
}

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** The text that a line of a piece belongs to, and which of its lines that is. */
export function placeOf({ parts }: Piece, line: number): { path: string; line: number } {
  const part = parts.findLast((candidate) => candidate.line <= line) ?? parts[0];
  return { path: part.path, line: line - part.line + part.firstLine };
}
