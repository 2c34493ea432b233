// Secretlint's rules over texts. Runs in a thread where there is much to search: `find-secrets.ts`.
import { lintSource } from '@secretlint/core';
import { secretLintProfiler } from '@secretlint/profiler';
import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import type { Finding } from './facts.ts';

export interface SearchedText {
  readonly path: string;
  readonly text: string;
}

// It keeps a mark for each rule and text for ever, and takes ten times as long as the rules.
secretLintProfiler.setEnabled(false);

/** Whoever writes a secret into a file could write a comment beside it that switches the rules off. */
const heeded = rules.filter(({ meta }) => meta.id !== '@secretlint/secretlint-rule-filter-comments');
const config = { rules: heeded.map((rule) => ({ id: rule.meta.id, rule })) };

/** Rules ask for the file of this path; nothing is ever there. */
const nowhere = '/dev/null/';

/** Of one kind. Called with nothing it only makes ready. */
export default async function applyRules(texts: readonly SearchedText[] = []): Promise<Omit<Finding, 'kind'>[]> {
  const found: Omit<Finding, 'kind'>[] = [];
  for (const { path, text } of texts) {
    const source = {
      content: text,
      filePath: `${nowhere}${path}`,
      ext: /\.[^./]*$/.exec(path)?.[0] ?? '',
      contentType: 'text' as const,
    };
    const { messages } = await lintSource({ source, options: { config, locale: 'en', maskSecrets: true } });
    for (const { ruleId, messageId, loc } of messages)
      found.push({
        path,
        line: loc.start.line,
        message: `${ruleId.replace('@secretlint/secretlint-rule-', '')}: ${messageId}`,
      });
  }
  return found;
}
