// What commands print: JSON lines with --json, otherwise sentences.
import type { ArbiterError } from '../contracts/errors.ts';

export interface Output {
  readonly json: boolean;
  /** Prints `value` with --json, and `text` otherwise. */
  show(value: unknown, text: string): void;
}

export function newOutput(json: boolean): Output {
  return { json, show: (value, text) => process.stdout.write(`${json ? JSON.stringify(value) : text}\n`) };
}

/** An error for people: what happened, what was expected, what to try. */
export function worded(error: Pick<ArbiterError, 'code' | 'message' | 'expected' | 'remedy'>): string {
  return `${error.message}\n  expected: ${error.expected}\n  try:      ${error.remedy}\n  (${error.code})`;
}

/** An error for programs. */
export function asJson({ code, message, expected, remedy }: ArbiterError): object {
  return { code, message, expected, remedy };
}

/** What happened and what to try, where it stops nothing. */
export function inOneLine({ code, message, remedy }: Pick<ArbiterError, 'code' | 'message' | 'remedy'>): string {
  return plain(`${message} ${remedy} (${code})`);
}

/** An error as JSON on standard output, or for people on standard error. */
export function printError(error: ArbiterError, json: boolean): void {
  if (json) process.stdout.write(`${JSON.stringify({ error: asJson(error) })}\n`);
  else console.error(worded(error));
}

/** Rows under headings, columns padded. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(headings), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n');
}

/** Control characters of strangers would drive the terminal. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '�');
}
