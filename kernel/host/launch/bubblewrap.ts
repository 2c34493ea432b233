// Boxes built by bubblewrap.
import { type Boxer, environmentInside, inside, limitsPrefix, program } from './box.ts';
import { boxUser, runsAsRoot, staged } from './stage.ts';

export const bubblewrap: Boxer = {
  level: 'namespaces',
  by: 'bubblewrap',
  reusable: !runsAsRoot(),
  user: runsAsRoot() ? boxUser : null,
  inside: () => inside.workspace,
  launch(box) {
    const sources = staged({ plugin: box.pluginFolder, node: process.execPath, workspace: box.workspace });
    const environment = Object.entries(environmentInside).flatMap(([name, value]) => ['--setenv', name, value]);
    const workspace =
      sources.workspace === null
        ? []
        : [
            box.workspace?.writable ? '--bind' : '--ro-bind',
            sources.workspace,
            inside.workspace,
            '--chdir',
            inside.workspace,
          ];
    const hidden = box.workspace?.hidden ? `${inside.workspace}/${box.workspace.hidden}` : null;
    return {
      command: [
        ...sources.prefix,
        ...[
          'bwrap',
          '--unshare-all',
          '--die-with-parent',
          '--new-session',
          '--cap-drop',
          'ALL',
          '--clearenv',
          ...environment,
        ],
        ...systemFolders,
        ...['--proc', '/proc', '--remount-ro', '/proc', '--dev', '/dev', '--size', '67108864', '--tmpfs', '/tmp'],
        ...['--ro-bind', sources.plugin, inside.plugin, '--ro-bind', sources.node, inside.node, ...workspace],
        ...(hidden === null ? [] : ['--size', '4096', '--tmpfs', hidden, '--remount-ro', hidden]),
        ...['--remount-ro', '/', '--'],
        ...limitsPrefix(box, true),
        ...program(box, inside.plugin, inside.node),
      ],
      env: { PATH: environmentInside.PATH as string },
    };
  },
};

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
