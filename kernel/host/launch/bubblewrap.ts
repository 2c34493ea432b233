// Boxes built by bubblewrap, with a system call filter where there is one for this machine.
import type { CategoryBudget } from '../../../contracts/generated/performance.v1.ts';
import { type Boxer, environmentInside, inside, program } from './box.ts';
import { limitsPrefix } from './limits.ts';
import { seccompFilter } from './seccomp.ts';
import { boxUser, runsAsRoot, type Staged, staged } from './stage.ts';

/** With the filter that is `full`, the strongest level. */
export const bubblewrapFiltered: Boxer | null = seccompFilter() === null ? null : boxer(true);
export const bubblewrap: Boxer = boxer(false);

function boxer(filtered: boolean): Boxer {
  return {
    level: filtered ? 'full' : 'namespaces',
    by: 'bubblewrap',
    reusable: !runsAsRoot(),
    user: runsAsRoot() ? boxUser : null,
    inside: () => inside.workspace,
    launch(box) {
      const stage = staged(box);
      return {
        command: [
          ...stage.prefix,
          ...[
            'bwrap',
            '--unshare-all',
            ...(stage.mapped ? ['--unshare-user', '--uid', `${boxUser}`, '--gid', `${boxUser}`] : []),
          ],
          ...['--die-with-parent', '--new-session', '--cap-drop', 'ALL', '--clearenv', ...environment],
          ...(filtered ? ['--seccomp', '3'] : []),
          ...systemFolders,
          ...['--proc', '/proc', '--remount-ro', '/proc'],
          ...scratch(box.limits),
          ...['--ro-bind', stage.plugin, inside.plugin, '--ro-bind', stage.node, inside.node],
          ...(stage.wrapper === null ? [] : ['--ro-bind', stage.wrapper, inside.wrapper]),
          ...workspace(stage, box.workspace !== 'late' && box.workspace?.writable === true),
          ...['--remount-ro', '/', '--'],
          ...limitsPrefix(box.limits, true),
          ...program(box, inside),
        ],
        env: { PATH: environmentInside.PATH as string },
        ...{ contained: true, filtered, late: stage.late },
      };
    },
  };
}

const environment = Object.entries(environmentInside).flatMap(([name, value]) => ['--setenv', name, value]);

/** The system's programs and libraries, read-only; of /etc only what finding a library or a user's name needs. */
const systemFolders = [
  ...['--ro-bind', '/usr', '/usr'],
  ...['bin', 'sbin', 'lib', 'lib32', 'lib64'].flatMap((name) => ['--ro-bind-try', `/${name}`, `/${name}`]),
  ...['ld.so.cache', 'alternatives', 'passwd', 'group', 'nsswitch.conf', 'localtime'].flatMap((name) => [
    '--ro-bind-try',
    `/etc/${name}`,
    `/etc/${name}`,
  ]),
];

/** Where a plugin may write for itself: each folder has its size. */
function scratch({ scratchMb }: CategoryBudget): string[] {
  const folder = (at: string) => ['--perms', '1777', '--size', `${scratchMb * 1024 * 1024}`, '--tmpfs', at];
  return ['--dev', '/dev', ...folder('/dev/shm'), '--remount-ro', '/dev', ...folder('/tmp')];
}

function workspace({ workspace, hidden }: Staged, writable: boolean): string[] {
  if (workspace === null) return [];
  const covered = `${inside.workspace}/${hidden}`;
  return [
    ...[writable ? '--bind' : '--ro-bind', workspace, inside.workspace, '--chdir', inside.workspace],
    ...(hidden === null ? [] : ['--size', '4096', '--tmpfs', covered, '--remount-ro', covered]),
  ];
}
