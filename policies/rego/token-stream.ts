// The tokens of a policy, read one after the other.
import type { Token } from './lexer.ts';
import { type Location, RegoError } from './rego-error.ts';

const keywords = new Set([
  'package',
  'import',
  'as',
  'default',
  'else',
  'not',
  'some',
  'with',
  'every',
  'if',
  'in',
  'true',
  'false',
  'null',
]);

export class TokenStream {
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get next(): Token {
    return this.#tokens[this.#position] as Token;
  }

  get location(): Location {
    return this.next.location;
  }

  /** The row on which the token read last stands. */
  get lastRow(): number {
    return this.#tokens[this.#position - 1]?.location.row ?? 0;
  }

  /** Where the stream stands, to come back to. */
  mark(): number {
    return this.#position;
  }

  backTo(mark: number): void {
    this.#position = mark;
  }

  isAtEnd(): boolean {
    return this.next.kind === 'end';
  }

  after(distance: number): Token | undefined {
    return this.#tokens[this.#position + distance];
  }

  take(): Token {
    const token = this.next;
    if (token.kind !== 'end') this.#position++;
    return token;
  }

  isSymbol(text: string): boolean {
    return this.next.kind === 'symbol' && this.next.text === text;
  }

  /** The next token is this keyword, and not a name that a dot follows. */
  isWord(text: string): boolean {
    return this.next.kind === 'name' && this.next.text === text && !this.#startsReference();
  }

  /** Any keyword, where a name would have to stand. */
  isKeyword(): boolean {
    return this.next.kind === 'name' && keywords.has(this.next.text) && !this.#startsReference();
  }

  takeSymbol(text: string): boolean {
    if (!this.isSymbol(text)) return false;
    this.#position++;
    return true;
  }

  takeWord(text: string): boolean {
    if (!this.isWord(text)) return false;
    this.#position++;
    return true;
  }

  expectSymbol(text: string): void {
    if (!this.takeSymbol(text)) this.refuse(`expected ${text}`);
  }

  expectWord(text: string): void {
    if (!this.takeWord(text)) this.refuse(`expected ${text}`);
  }

  expectName(): string {
    if (this.next.kind !== 'name') this.refuse('expected ident');
    return this.take().text;
  }

  refuse(message: string, location = this.location): never {
    throw new RegoError('rego_parse_error', `unexpected ${this.#described()}: ${message}`, location);
  }

  #described(): string {
    const { kind, text } = this.next;
    return kind === 'end' ? 'eof token' : `${kind} token${kind === 'template' ? '' : ` ${text}`}`;
  }

  #startsReference(): boolean {
    const after = this.after(1);
    return after?.kind === 'symbol' && after.text === '.' && after.glued;
  }
}
