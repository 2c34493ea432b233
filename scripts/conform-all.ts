// npm run conform: every plugin of the package and every template, in every language, through all levels in full.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPlugins } from '../conformance/find-plugins.ts';
import { conform, type Verdict } from '../conformance/run/conform.ts';
import { fileNames, render, reporters } from '../conformance/run/report.ts';
import { categories, languages, newPlugin } from '../pdk/scaffold/new-plugin.ts';

const inputs = Number(process.argv[2] ?? 1_000);
const out = 'conformance-reports';
const place = mkdtempSync(join(tmpdir(), 'arbiter-templates-'));
const verdicts: Verdict[] = [];
try {
  const folders = findPlugins();
  for (const language of languages) {
    if (language === 'python' && !existsSync('/usr/bin/python3')) {
      console.log('skipped: the templates in Python, for want of /usr/bin/python3');
      continue;
    }
    for (const category of categories)
      folders.push(await newPlugin({ name: `${language}-${category}`, category, language, dir: place }));
  }
  for (const folder of folders) {
    const verdict = await conform(folder, {
      level: 'L5',
      seed: 1,
      inputs,
      samples: 200,
      isolation: 'auto',
      policies: null,
    });
    verdicts.push(verdict);
    console.log(render('spec', [verdict]));
  }
} finally {
  rmSync(place, { recursive: true, force: true });
}
mkdirSync(out, { recursive: true });
for (const reporter of reporters) writeFileSync(join(out, fileNames[reporter]), render(reporter, verdicts));
console.log(render('markdown', verdicts));
if (verdicts.some(({ reached }) => reached !== 'L5')) process.exitCode = 1;
