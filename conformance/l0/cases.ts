// L0: what the folder holds is whole, fits its contracts, and is what its manifest says.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compileSchema } from '../../contracts/check.ts';
import { ArbiterError } from '../../contracts/errors.ts';
import { loadPlugin } from '../../kernel/loader/load-plugin.ts';
import { type Case, type Subject, unmet } from '../run/subject.ts';

const forPeople = ['README_PLUGIN.md', 'healthcheck.md'];

export function l0Cases({ folder, spec }: Subject): Case[] {
  return [
    {
      title: 'spec, manifest and ledger contract fit their schemas, and the digests are true',
      run() {
        try {
          loadPlugin(folder, null, {});
        } catch (error) {
          // Settings come from a home; here there is none.
          if (!(error instanceof ArbiterError)) throw error;
          if (error.code === 'PLUGIN_SETTINGS_INVALID') return;
          throw unmet(error.expected, `${error.message} (${error.code})`, error.remedy);
        }
      },
    },
    {
      title: 'the schemas of its tools are JSON Schema',
      run() {
        for (const [name, tool] of Object.entries(spec.tools))
          for (const side of ['input', 'output'] as const)
            try {
              compileSchema(tool![side]);
            } catch (error) {
              const came = `the ${side} of ${name}: ${(error as Error).message}`;
              throw unmet('JSON Schema 2020-12', came, `look at tools.${name}.${side} in plugin.spec.json`);
            }
      },
    },
    {
      title: 'it is described for people',
      run() {
        for (const file of forPeople) {
          const path = join(folder, file);
          const bytes = existsSync(path) ? statSync(path).size : null;
          if (!bytes)
            throw unmet(`${file} with something in it`, bytes === null ? 'no such file' : '0 bytes', `ls ${path}`);
        }
      },
    },
    {
      title: 'the entry starts as its runtime says',
      run() {
        const path = join(folder, spec.entry.file);
        if (spec.entry.runtime !== 'executable' || !existsSync(path)) return;
        const start = readFileSync(path).subarray(0, 4);
        const runs = start.toString('latin1').startsWith('#!/') || start.equals(Buffer.from('\x7fELF', 'latin1'));
        if (!runs)
          throw unmet('a program, or a script whose first line is #!/…', start.toString('latin1'), `head -1 ${path}`);
      },
    },
  ];
}
