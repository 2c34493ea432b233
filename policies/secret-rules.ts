// Secretlint's rules over texts. Runs in a thread where there is much to search: `find-secrets.ts`.
import { lintSource } from '@secretlint/core';
import { secretLintProfiler } from '@secretlint/profiler';
import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import type { Finding } from './facts.ts';
import { processorMs } from './processor-time.ts';
import { type Piece, pieces, placeOf, type SearchedText } from './search-pieces.ts';

export interface Search {
  readonly texts: readonly SearchedText[];
  /** Milliseconds of the processor. */
  readonly mostMs: number;
}

export interface Searched {
  readonly found: readonly Omit<Finding, 'kind'>[];
  /** The first text that was not searched to its end, for it would have taken too long. */
  readonly stoppedAt?: string;
}

// It keeps a mark for each rule and text for ever, and takes ten times as long as the rules.
secretLintProfiler.setEnabled(false);

/** Whoever writes a secret into a file could write a comment beside it that switches the rules off. */
const heeded = rules.filter(({ meta }) => meta.id !== '@secretlint/secretlint-rule-filter-comments');
const config = { rules: heeded.map((rule) => ({ id: rule.meta.id, rule })) };

/** Rules ask for the file of this path; nothing is ever there. */
const nowhere = '/dev/null/';

/** Called with nothing it only makes ready. */
export default async function applyRules(search?: Search): Promise<Searched> {
  const found = new Map<string, Omit<Finding, 'kind'>>();
  let [count, startMs] = [0, 0];
  for (const piece of pieces(search?.texts ?? [])) {
    // The time starts with the second piece: looking takes 10 µs, which is much for one small text.
    if (++count === 2) startMs = processorMs();
    if (count > 2 && processorMs() - startMs > (search?.mostMs ?? 0))
      return { found: [...found.values()], stoppedAt: piece.parts[0].path };
    // Pieces overlap, so that something can be found twice.
    for (const each of await searched(piece)) found.set(`${each.path}\0${each.line}\0${each.message}`, each);
  }
  return { found: [...found.values()] };
}

async function searched(piece: Piece): Promise<Omit<Finding, 'kind'>[]> {
  const source = {
    content: piece.text,
    filePath: `${nowhere}${piece.path}`,
    ext: /\.[^./]*$/.exec(piece.path)?.[0] ?? '',
    contentType: 'text' as const,
  };
  const { messages } = await lintSource({ source, options: { config, locale: 'en', maskSecrets: true } });
  return messages.map(({ ruleId, messageId, loc }) => ({
    ...placeOf(piece, loc.start.line),
    message: `${ruleId.replace('@secretlint/secretlint-rule-', '')}: ${messageId}`,
  }));
}
