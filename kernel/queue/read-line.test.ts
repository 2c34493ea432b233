import assert from 'node:assert/strict';
import { readLine } from './read-line.ts';

const read = (text: string) => readLine(Buffer.from(text), 7);
const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

function refuses(bytes: Buffer | string, code: string, message: string): void {
  assert.throws(() => readLine(Buffer.from(bytes as string), 7), { code, message });
}

describe('reading a line', () => {
  it('gives the object', () => {
    assert.deepEqual(read(' {"tool":"x","input":{"text":"grüße"}} '), { tool: 'x', input: { text: 'grüße' } });
  });

  it('refuses what is not JSON, and keeps the position within the line to itself', () => {
    refuses('{"tool":}', 'LINE_NOT_JSON', `Line 7 is not JSON: Unexpected token '}', "{"tool":}" is not valid JSON.`);
    refuses(
      '{"a":1',
      'LINE_NOT_JSON',
      `Line 7 is not JSON: Expected ',' or '}' after property value in JSON at position 6.`,
    );
  });

  it('refuses what is no object, and says what it is', () => {
    refuses('[1]', 'LINE_NOT_OBJECT', 'Line 7 is JSON, but an array instead of an object.');
    refuses('null', 'LINE_NOT_OBJECT', 'Line 7 is JSON, but null instead of an object.');
    refuses('"x"', 'LINE_NOT_OBJECT', 'Line 7 is JSON, but a string instead of an object.');
    refuses('12', 'LINE_NOT_OBJECT', 'Line 7 is JSON, but a number instead of an object.');
  });

  it('refuses bytes that are not UTF-8', () => {
    refuses(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'LINE_NOT_UTF8', 'Line 7 is not valid UTF-8.');
  });

  it('takes sixty levels and refuses sixty-one', () => {
    assert.ok(read(nested(60)));
    refuses(nested(61), 'LINE_TOO_DEEP', 'Line 7 nests deeper than 60 levels.');
  });

  it('refuses two million levels without parsing them', () => {
    refuses('['.repeat(2_000_000), 'LINE_TOO_DEEP', 'Line 7 nests deeper than 60 levels.');
  });

  it('refuses a key __proto__ wherever it stands and however it is spelt', () => {
    const message = 'Line 7 has a key named __proto__.';
    refuses('{"__proto__":{"polluted":true}}', 'LINE_FORBIDDEN_KEY', message);
    refuses('{"input":[{"__proto__":1}]}', 'LINE_FORBIDDEN_KEY', message);
    refuses(String.raw`{"input":{"\u005f_proto__":1}}`, 'LINE_FORBIDDEN_KEY', message);
  });

  it('takes the word __proto__ as a value', () => {
    assert.deepEqual(read('{"title":"__proto__"}'), { title: '__proto__' });
  });
});
