// The part of saxen that is used here; it ships no types.
declare module 'saxen' {
  type Decode = (text: string) => string;
  export class Parser {
    on(
      event: 'openTag',
      handler: (name: string, attributes: () => Record<string, string>, decode: Decode, selfClosing: boolean) => void,
    ): void;
    on(event: 'closeTag', handler: (name: string) => void): void;
    on(event: 'text', handler: (text: string, decode: Decode) => void): void;
    on(event: 'cdata', handler: (text: string) => void): void;
    on(event: 'error', handler: (error: Error) => void): void;
    parse(source: string): void;
  }
}
