// Splits a plugin's output into JSON messages, strictly: no line over the cap is ever held in memory, text must be valid
// UTF-8, nesting is bounded (two million levels parse, and then kill whoever writes them out again).

/** Why a line is no message. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
  readonly reason: 'too long' | 'malformed';
  /** The beginning of what came, for people. */
  readonly excerpt: string;
  constructor(reason: FrameError['reason'], message: string, line: Buffer) {
    super(message);
    this.reason = reason;
    this.excerpt = JSON.stringify(line.subarray(0, 120).toString('latin1'));
  }
}

const newline = 0x0a;
const deepest = 64;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Gives a function that takes chunks; each whole line goes, parsed, to `onFrame` with its beginning as text. */
export function newFrameReader(
  lineBytes: number,
  onFrame: (frame: unknown, excerpt: string) => void,
): (chunk: Buffer) => void {
  let kept: Buffer[] = [];
  let keptBytes = 0;

  return (chunk) => {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      keep(chunk.subarray(start, end));
      const line = kept.length === 1 ? (kept[0] as Buffer) : Buffer.concat(kept);
      kept = [];
      keptBytes = 0;
      start = end + 1;
      if (line.length > 0) onFrame(parseFrame(line), line.subarray(0, 120).toString('latin1'));
    }
    if (start < chunk.length) keep(chunk.subarray(start));
  };

  function keep(part: Buffer): void {
    keptBytes += part.length;
    if (keptBytes > lineBytes) throw new FrameError('too long', `more than ${lineBytes} bytes in one line`, part);
    kept.push(part);
  }
}

function parseFrame(line: Buffer): unknown {
  let text: string;
  try {
    text = utf8.decode(line);
  } catch {
    throw new FrameError('malformed', 'the line is not valid UTF-8', line);
  }
  if (nestsTooDeep(text)) throw new FrameError('malformed', `the line nests deeper than ${deepest} levels`, line);
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch (error) {
    throw new FrameError('malformed', `the line is not JSON: ${(error as Error).message}`, line);
  }
  if (hasProtoKey(text, frame)) throw new FrameError('malformed', 'the line has a key named __proto__', line);
  return frame;
}

/** Whether `value`, parsed from `text`, has a key __proto__ anywhere. Escapes can spell it too. */
export function hasProtoKey(text: string, value: unknown): boolean {
  return (text.includes('__proto__') || text.includes('\\u')) && holdsKey(value, '__proto__');
}

function holdsKey(value: unknown, key: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, key) || Object.values(value).some((inner) => holdsKey(inner, key));
}

/** Counts brackets outside strings, without parsing. */
export function nestsTooDeep(text: string, limit = deepest): boolean {
  if (text.length <= limit) return false;
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === 0x5c) index++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > limit) return true;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return false;
}
