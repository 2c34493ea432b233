// Secrets in what effects bring, by secretlint's rules. Loaded when it is first needed: it takes 20 ms.
import type { Finding } from './facts.ts';

export interface Content {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** The first bytes, as many as asked for. */
  read(most: number): Uint8Array;
}

/** Text beyond this is not looked at, which is a finding too. */
const mostBytes = 8 * 1024 * 1024;
let loaded: Promise<(text: string, path: string) => Promise<Finding[]>> | undefined;

/** Findings in order of path and line. Files that are no text are passed over. */
export async function findSecrets(contents: Iterable<Content>): Promise<Finding[]> {
  const findings: Finding[] = [];
  let left = mostBytes;
  for (const { path, size, read } of contents) {
    if (read(8192).includes(0)) continue;
    left -= size;
    if (left < 0) {
      findings.push({
        kind: 'not-looked-at',
        path,
        line: 0,
        message: `more than ${mostBytes / 1024 / 1024} MB of text`,
      });
      break;
    }
    const lint = await (loaded ??= load());
    findings.push(...(await lint(new TextDecoder().decode(read(size)), path)));
  }
  return findings.sort((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1));
}

async function load(): Promise<(text: string, path: string) => Promise<Finding[]>> {
  const [{ lintSource }, { creator }] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/secretlint-rule-preset-recommend'),
  ]);
  const config = { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator }] };
  return async (text, path) => {
    const source = {
      content: text,
      filePath: `/${path}`,
      ext: /\.[^./]*$/.exec(path)?.[0] ?? '',
      contentType: 'text' as const,
    };
    const { messages } = await lintSource({ source, options: { config, locale: 'en', maskSecrets: true } });
    return messages.map(({ ruleId, messageId, loc }) => ({
      kind: 'secret' as const,
      path,
      line: loc.start.line,
      message: `${ruleId.replace('@secretlint/secretlint-rule-', '')}: ${messageId}`,
    }));
  };
}
