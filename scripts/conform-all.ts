// npm run conform: every plugin of the package through all levels in full; with --examples those of the guide as well, and
// with --templates every template in every language.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPlugins } from '../conformance/find-plugins.ts';
import { categories } from '../conformance/requirements.ts';
import { conform, type Verdict } from '../conformance/run/conform.ts';
import { render } from '../conformance/run/report.ts';
import { writeReports } from '../conformance/run/write-reports.ts';
import { languages, newPlugin } from '../pdk/scaffold/new-plugin.ts';

const inputs = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 1_000);
const out = 'conformance-reports';
const examples = fileURLToPath(new URL('../examples/plugins', import.meta.url));
const start = performance.now();
const place = mkdtempSync(join(tmpdir(), 'arbiter-templates-'));
const verdicts: Verdict[] = [];
try {
  const folders = [
    ...findPlugins(),
    ...(process.argv.includes('--examples') ? findPlugins(examples) : []),
    ...(process.argv.includes('--templates') ? await templates() : []),
  ];
  for (const folder of folders) {
    const verdict = await conform(folder, {
      ...{ level: 'L5', seed: 1, inputs, samples: 200, isolation: 'auto', policies: null },
    });
    verdicts.push(verdict);
    console.log(render('spec', [verdict]));
  }
} finally {
  rmSync(place, { recursive: true, force: true });
}
writeReports(out, verdicts);
console.log(render('markdown', verdicts));
console.log(`${verdicts.length} plugins, ${inputs} inputs of each kind a tool, ${seconds()} s`);
if (verdicts.some(({ reached }) => reached !== 'L5')) process.exitCode = 1;

async function templates(): Promise<string[]> {
  const folders: string[] = [];
  for (const language of languages) {
    if (language === 'python' && !existsSync('/usr/bin/python3')) {
      console.log('skipped: the templates in Python, for want of /usr/bin/python3');
      continue;
    }
    for (const category of categories)
      folders.push(await newPlugin({ name: `${language}-${category}`, category, language, dir: place }));
  }
  return folders;
}

function seconds(): number {
  return Math.round((performance.now() - start) / 1_000);
}
