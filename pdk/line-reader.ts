// Splits a stream into lines, without a copy of what was read before.
import type { Readable } from 'node:stream';

/** Calls `onLine` for each line of UTF-8 text that `stream` brings, without its newline, then `onEnd`. */
export function lineReader(stream: Readable, onLine: (line: string) => void, onEnd: () => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    let start = 0;
    for (let end = chunk.indexOf('\n'); end !== -1; end = chunk.indexOf('\n', start)) {
      const line = rest + chunk.slice(start, end);
      rest = '';
      start = end + 1;
      if (line !== '') onLine(line);
    }
    rest += chunk.slice(start);
  });
  stream.on('end', onEnd);
}
