// npm's own command line: what packs a plugin, sends it to a registry and fetches it from one. Which registry and with which
// token is for npm's settings to say.
import { execa } from 'execa';
import { fault } from '../../contracts/errors.ts';

/** No scripts of anybody, and errors in words whatever npm's settings say of them. */
const always = ['--ignore-scripts', '--loglevel=error', '--no-fund', '--no-audit'];

/** Runs npm in `folder` and gives what it prints. Throws NPM_FAILED. */
export async function npm(folder: string, args: readonly string[]): Promise<string> {
  const command = ['npm', ...args].join(' ');
  const { failed, stdout, stderr, code } = await execa('npm', [...args, ...always], {
    ...{ cwd: folder, reject: false, stdin: 'ignore' },
  });
  if (code === 'ENOENT') throw fault('NPM_FAILED', { command, detail: 'there is no npm on the PATH' });
  if (failed) throw fault('NPM_FAILED', { command, detail: reasonIn(stderr) });
  return stdout;
}

/** npm's first lines say what went wrong; a stack and the place of its log follow. */
function reasonIn(stderr: string): string {
  const said = stderr.split('\n').flatMap((line) => /^npm (?:error|ERR!) (\S.*)/.exec(line)?.[1] ?? []);
  return said.slice(0, 4).join(' ') || stderr.trim() || 'it did not say why';
}
