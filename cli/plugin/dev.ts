// arbiter plugin dev: at every change of a plugin's folder, sync it and run its golden fixtures in a real box.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { Fixture, Round } from '../../conformance/dev/round.ts';
import type { Extent } from '../../conformance/run/subject.ts';
import { fault } from '../../contracts/errors.ts';
import { type Context, contextOf } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { plain, worded } from '../output.ts';

interface DevOptions extends Pick<Extent, 'isolation'> {
  readonly once?: boolean;
}

export function addDev(plugin: Command): void {
  plugin
    .command('dev')
    .description('sync a plugin at every change and run its golden fixtures in the sandbox, until Ctrl-C')
    .argument('[dir]', "the plugin's folder", '.')
    .option('--once', 'one round; exit 1 where a fixture is not met')
    .addOption(
      new Option('--isolation <level>', 'the sandbox')
        .choices(['auto', 'full', 'namespaces', 'process'])
        .default('auto'),
    )
    .action(async (dir: string, { once, isolation }: DevOptions, command: Command) => {
      const folder = resolve(dir);
      if (!existsSync(folder)) throw fault('PLUGIN_FILE_MISSING', { folder, file: 'plugin.spec.json' });
      const context = contextOf(command);
      const { policies } = context.home;
      const options = { isolation, policies: existsSync(policies) ? policies : null };
      if (once) await playOnce(folder, options, context);
      else await playUntilStopped(folder, options, context);
    });
}

type Options = Pick<Extent, 'isolation' | 'policies'>;

// Both bring the compiler of schemas and the host along, which no other command about plugins needs.
const rounds = async () => (await import('../../conformance/dev/round.ts')).runRound;

async function playOnce(folder: string, options: Options, context: Context): Promise<void> {
  const round = await (await rounds())(folder, options);
  await show(round, context);
  if (round.wrong !== undefined || round.fixtures.some(({ met }) => !met)) process.exitCode = exitCodes.someFailed;
}

async function playUntilStopped(folder: string, options: Options, context: Context): Promise<void> {
  const runRound = await rounds();
  const { watchFolder } = await import('../../conformance/dev/watch-folder.ts');
  const watch = watchFolder(folder);
  let stopped = false;
  const stop = () => {
    stopped = true;
    watch.stop();
  };
  // Once: who asks again does not want to wait for the round.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  let changed: readonly string[] | null = [];
  do {
    if (changed.length > 0 && !context.output.json) console.log(plain(`\nchanged: ${changed.join(', ')}`));
    const round = await runRound(folder, options);
    watch.accept(round.written);
    if (stopped) break;
    await show(round, context);
    if (!context.output.json) console.log('Waiting for a change; Ctrl-C ends.');
    changed = await watch.next();
  } while (changed !== null);
}

async function show(round: Round, { output }: Context): Promise<void> {
  const { diffOfJson } = await import('../diff-of-json.ts');
  output.show(round, plain(roundText(round, diffOfJson)));
}

type DiffOfJson = (wanted: unknown, came: unknown) => string;

function roundText({ written, fixtures, wrong, ms }: Round, diff: DiffOfJson): string {
  const synced = written.length === 0 ? [] : [`synced: ${written.join(', ')}`];
  if (wrong !== undefined) return [...synced, typeof wrong === 'string' ? wrong : worded(wrong)].join('\n');
  if (fixtures.length === 0) return [...synced, 'There is no golden fixture in conformance/golden/.'].join('\n');
  const met = fixtures.filter(({ met }) => met).length;
  return [
    ...synced,
    ...fixtures.map((fixture) => fixtureText(fixture, diff)),
    `${met} of ${fixtures.length} fixtures met, in ${ms} ms`,
  ].join('\n');
}

function fixtureText(fixture: Fixture, diff: DiffOfJson): string {
  if (fixture.met) return `  ✓ ${fixture.name} (${fixture.ms} ms)`;
  const { name, ms, expected, came, wanted } = fixture;
  const answer = came as { output?: unknown; message?: string; code?: string };
  const differs = wanted !== undefined && answer.output !== undefined;
  const shown = answer.message === undefined ? JSON.stringify(came) : `${answer.message} (${answer.code})`;
  const why = differs ? diff(wanted, answer.output) : `expected: ${expected}\ncame: ${shown}`;
  return `  ✗ ${name} (${ms} ms)\n${why.replace(/^/gm, '      ')}`;
}
