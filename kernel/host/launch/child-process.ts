// No box: a plain child process with a cleaned environment and limits. Only for those who ask for it by name.
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { type Boxer, environmentInside, program } from './box.ts';
import { limitsPrefix } from './limits.ts';

let utilLinux: boolean | undefined;
const hasUtilLinux = () =>
  (utilLinux ??= ['setpriv', 'prlimit'].every((name) => spawnSync(name, ['--version']).status === 0));

export const childProcess: Boxer = {
  level: 'process',
  by: 'child process',
  reusable: true,
  user: null,
  inside: (source) => source,
  launch(box) {
    const bounded = hasUtilLinux() ? ['setpriv', '--pdeathsig=KILL', '--', ...limitsPrefix(box.limits, false)] : [];
    const at = { plugin: box.pluginFolder, node: process.execPath, wrapper: box.wrapper?.folder ?? '' };
    return {
      command: [...bounded, ...program(box, at)],
      env: { ...environmentInside, HOME: tmpdir(), TMPDIR: tmpdir() },
      ...{ contained: false, filtered: false, late: false },
    };
  },
};
