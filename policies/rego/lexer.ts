// Policy text to tokens, with places. A template string holds the tokens of its expressions.
import { type Location, RegoError } from './rego-error.ts';

export type TokenKind = 'name' | 'number' | 'string' | 'template' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** A name, a number as written, a string's content, or a symbol. */
  readonly text: string;
  /** Nothing stands between this token and the one before. */
  readonly glued: boolean;
  readonly location: Location;
  readonly parts?: readonly (string | readonly Token[])[];
  /** A string between backquotes. */
  readonly raw?: boolean;
}

const name = /[A-Za-z_][A-Za-z0-9_]*/y;
const number = /(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const symbol = /:=|==|!=|<=|>=|[[\](){}.,;:=<>+\-*/%&|]/y;
const space = /(?:[ \t\r\n]+|#[^\n]*)+/y;
const escapes: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', '/': '/' };
const maxNesting = 50;

/** The tokens of `text`, the last one being `end`. Throws rego_parse_error. */
export function tokenise(text: string, file: string): readonly Token[] {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  let position = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  return run(false, 0);

  function locationAt(at: number): Location {
    let [low, high] = [0, lineStarts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (lineStarts[middle]! <= at) low = middle;
      else high = middle - 1;
    }
    return { file, row: low + 1, column: at - lineStarts[low]! + 1 };
  }

  function refuse(message: string, at = position): never {
    throw new RegoError('rego_parse_error', message, locationAt(at));
  }

  function take(pattern: RegExp): string | undefined {
    pattern.lastIndex = position;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) position += found.length;
    return found;
  }

  /** Up to the end of the text or, within a template, to the brace that ends the expression. */
  function run(inTemplate: boolean, nesting: number): Token[] {
    const tokens: Token[] = [];
    let braces = 0;
    for (;;) {
      const glued = take(space) === undefined;
      const start = position;
      const push = (kind: TokenKind, tokenText: string, more: Partial<Token> = {}) =>
        tokens.push({ kind, text: tokenText, glued, location: locationAt(start), ...more });
      if (position >= text.length) {
        if (inTemplate) refuse('the template string does not end');
        push('end', '');
        return tokens;
      }
      const first = text[position] as string;
      if (first === '"') push('string', quoted());
      else if (first === '`') push('string', backquoted(), { raw: true });
      else if (first === '$' && (text[position + 1] === '"' || text[position + 1] === '`'))
        push('template', '', { parts: template(nesting) });
      else {
        const word = take(name);
        const digits = word === undefined && /[0-9]/.test(first) ? take(number) : undefined;
        if (word !== undefined) push('name', word);
        else if (digits !== undefined) {
          if (/[A-Za-z0-9_]/.test(text[position] ?? '')) refuse('a number goes on with a letter or digit', start);
          push('number', digits);
        } else {
          const sign = take(symbol) ?? refuse(`the character ${JSON.stringify(first)} means nothing here`);
          if (inTemplate && sign === '}' && braces-- === 0) {
            push('end', '');
            return tokens;
          }
          if (sign === '{') braces++;
          push('symbol', sign);
        }
      }
    }
  }

  function quoted(): string {
    const start = position++;
    let content = '';
    for (;;) {
      const character = text[position++];
      if (character === undefined || character === '\n') refuse('the string does not end', start);
      if (character === '"') return content;
      content += character === '\\' ? escaped() : character;
    }
  }

  function escaped(): string {
    const letter = text[position++] as string;
    if (letter === 'u') {
      const digits = text.slice(position, position + 4);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) refuse('\\u needs four hexadecimal digits');
      position += 4;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    return escapes[letter] ?? refuse(`\\${letter} is no escape`, position - 2);
  }

  function backquoted(): string {
    const end = text.indexOf('`', position + 1);
    if (end < 0) refuse('the raw string does not end');
    const content = text.slice(position + 1, end);
    position = end + 1;
    return content;
  }

  function template(nesting: number): (string | readonly Token[])[] {
    if (nesting >= maxNesting) refuse('template strings are nested too deep');
    const start = position;
    const quote = text[position + 1];
    position += 2;
    const parts: (string | readonly Token[])[] = [];
    let content = '';
    for (;;) {
      const character = text[position++];
      if (character === undefined || (character === '\n' && quote === '"'))
        refuse('the template string does not end', start);
      if (character === quote) break;
      if (character === '\\' && text[position] === '{') content += text[position++];
      else if (character === '\\' && quote === '"') content += escaped();
      else if (character === '{') {
        parts.push(content, run(true, nesting + 1));
        content = '';
      } else content += character;
    }
    parts.push(content);
    return parts;
  }
}
