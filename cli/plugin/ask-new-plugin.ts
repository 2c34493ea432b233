// Asks on a terminal what a new plugin is to be.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type CANCEL_SYMBOL, cancel, intro, isCancel, select, text } from '@clack/prompts';
import { categories, type Language, languages, type NewPlugin, namePattern } from '../../pdk/scaffold/new-plugin.ts';
import { networkWords, workspaceWords } from './sandbox-words.ts';

type Wanted = Omit<NewPlugin, 'dir'>;

/** For people who have not chosen yet. */
const purposes: Readonly<Record<NewPlugin['category'], string>> = {
  acquisition: 'looks at something',
  transformation: 'one value in, another out',
  'state-change': 'writes files, makes commits',
  validation: 'gives a verdict; can be a gate',
  orchestration: 'chooses what is done next',
};
const languageNames: Readonly<Record<Language, string>> = {
  ts: 'TypeScript, bundled by esbuild',
  js: 'JavaScript, bundled by esbuild',
  python: 'Python, as it stands: needs nothing but /usr/bin/python3',
  bash: 'bash, as it stands',
};

/** Asks for what is not `known`; null when it was broken off. `dir` is where its folder would be made. */
export async function askForNewPlugin(known: Partial<Wanted>, dir: string): Promise<Wanted | null> {
  intro('A new plugin');
  const name = known.name ?? (await answer(text({ message: 'What is it called?', validate: faultOfName(dir) })));
  if (name === null) return null;
  const category = known.category ?? (await answer(select({ message: categoryQuestion, options: categoryOptions() })));
  if (category === null) return null;
  const language =
    known.language ?? (await answer(select({ message: 'In which language?', options: languageOptions() })));
  return language === null ? null : { name, category, language };
}

const categoryQuestion = 'What does it do? That decides its sandbox.';

async function answer<Value>(asked: Promise<Value | typeof CANCEL_SYMBOL>): Promise<Value | null> {
  const came = await asked;
  if (!isCancel(came)) return came;
  cancel('Nothing was made.');
  return null;
}

function faultOfName(dir: string): (name: string | undefined) => string | undefined {
  return (name = '') => {
    if (!namePattern.test(name)) return 'Take 2 to 64 small letters, digits and hyphens, a letter first.';
    return existsSync(join(dir, name)) ? `There is a ${name} here already.` : undefined;
  };
}

function categoryOptions() {
  const width = Math.max(...categories.map((category) => category.length));
  return categories.map((value) => ({
    value,
    label: `${value.padEnd(width)}  ${purposes[value]}: ${workspaceWords(value)}, ${networkWords(value)}`,
  }));
}

function languageOptions() {
  return languages.map((value) => ({ value, label: languageNames[value] }));
}
