import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ToolFailure } from '../../../../pdk/define-plugin.ts';
import type { Located } from './locate.ts';

export interface Content {
  readonly content: string;
  readonly encoding?: 'utf8' | 'base64';
  readonly executable?: boolean;
  readonly append?: boolean;
}

const executableBits = 0o111;

export function writeFile(file: Located, bytes: Buffer, { executable, append }: Content): void {
  mkdirSync(dirname(file.absolute), { recursive: true });
  writeFileSync(file.absolute, bytes, { flag: append ? 'a' : 'w' });
  if (executable === undefined) return;
  const { mode } = statSync(file.absolute);
  chmodSync(file.absolute, executable ? mode | executableBits : mode & ~executableBits);
}

/** The bytes to write. Node itself would leave out or replace what it cannot read. */
export function decode(file: Located, { content, encoding }: Content): Buffer {
  if (encoding === 'base64') {
    const bytes = Buffer.from(content, 'base64');
    if (bytes.toString('base64') === content) return bytes;
    throw new ToolFailure(`The content of ${file.path} is not base64.`);
  }
  if (content.isWellFormed()) return Buffer.from(content);
  throw new ToolFailure(`The content of ${file.path} holds half a surrogate pair, which UTF-8 cannot express.`);
}
