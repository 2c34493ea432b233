// Reads objects of a repository one after another from one process of git.
import { execa } from 'execa';
import { gitSettings } from './git.ts';

export interface GitObject {
  readonly id: string;
  readonly type: string;
  readonly content: Buffer;
}

export interface GitObjects {
  /** The object that `name` stands for. Rejects where there is none. */
  read(name: string): Promise<GitObject>;
  close(): void;
}

const newline = 0x0a;

/** `env` says where objects are read. Calls of `read` have to wait for one another. */
export function openObjects(repository: string, env: Record<string, string>): GitObjects {
  const child = execa('git', ['cat-file', '--batch'], {
    ...gitSettings(repository, env),
    buffer: false,
    stdin: 'pipe',
  });
  child.stdin.on('error', () => undefined);
  const output = child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let pending: Buffer = Buffer.alloc(0);

  async function more(): Promise<void> {
    const { value, done } = await output.next();
    if (done) throw new Error('git cat-file ended.');
    pending = Buffer.concat([pending, value]);
  }

  return {
    async read(name) {
      child.stdin.write(`${name}\n`);
      let lineEnd = pending.indexOf(newline);
      for (; lineEnd === -1; lineEnd = pending.indexOf(newline)) await more();
      const [id = '', type = '', size] = pending.toString('latin1', 0, lineEnd).split(' ');
      if (size === undefined) throw new Error(`git has no object ${name}: ${type}`);
      const end = lineEnd + 1 + Number(size);
      while (pending.length < end + 1) await more();
      const content = Buffer.from(pending.subarray(lineEnd + 1, end));
      pending = pending.subarray(end + 1);
      return { id, type, content };
    },
    close() {
      child.stdin.end();
      child.catch(() => undefined);
    },
  };
}
