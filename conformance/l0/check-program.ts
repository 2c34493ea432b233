// Whether the entry is a program: how it begins, and whether its language can read it. Nothing of it is run.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import { unmet } from '../run/case.ts';

const systemPython = '/usr/bin/python3';

/** Throws what is wrong with it. What cannot be read without running it, such as a compiled program, is not looked into. */
export async function checkProgram(folder: string, { entry }: PluginSpec): Promise<void> {
  const path = join(folder, entry.file);
  if (!existsSync(path)) throw unmet(`the entry ${entry.file}`, 'no such file', `ls ${path}`, entry.file);
  const head = readFileSync(path).subarray(0, 200);
  if (entry.runtime === 'executable' && !isProgram(head)) {
    const first = head.toString('latin1').split('\n')[0] ?? '';
    throw unmet('a program, or a script whose first line is #!/…', first, `head -1 ${path}`, entry.file);
  }
  const [program, ...args] = reader(entry.runtime, head.toString('latin1')) ?? [];
  if (program === undefined) return;
  const { exitCode, stderr } = await execa(program, [...args, path], { reject: false, stdin: 'ignore' });
  if (exitCode !== 0)
    throw unmet('a program that its language can read', stderr, [program, ...args, path].join(' '), entry.file);
}

function isProgram(head: Buffer): boolean {
  return head.toString('latin1').startsWith('#!/') || head.subarray(0, 4).equals(Buffer.from('\x7fELF', 'latin1'));
}

/** What reads a program of this kind without running it. */
function reader(runtime: PluginSpec['entry']['runtime'], head: string): string[] | null {
  if (runtime === 'node') return [process.execPath, '--check'];
  const shebang = /^#!(.*)/.exec(head)?.[1] ?? '';
  if (/\b(?:ba|da)?sh\b/.test(shebang)) return [/\bbash\b/.test(shebang) ? 'bash' : 'sh', '-n'];
  if (/\bpython3?\b/.test(shebang) && existsSync(systemPython))
    return [systemPython, '-I', '-c', 'import ast, sys; ast.parse(open(sys.argv[1], "rb").read(), sys.argv[1])'];
  return null;
}
