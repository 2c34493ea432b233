// Reads commit subjects such as "feat(cart): add coupons" (conventionalcommits.org) and writes what a release needs.
import { ToolFailure } from '../../../../../pdk/define-plugin.ts';

type Bump = 'major' | 'minor' | 'patch';

interface Change {
  readonly type: string;
  readonly scope: string | undefined;
  readonly breaking: boolean;
  readonly text: string;
}

const subjectForm = /^(?<type>[a-z]+)(?:\((?<scope>[^()]+)\))?(?<mark>!)?: +(?<text>\S.*)$/;

/** Which changes stand in the notes, under which heading, in this order. */
const sections: readonly { readonly heading: string; readonly holds: (change: Change) => boolean }[] = [
  { heading: 'Breaking changes', holds: ({ breaking }) => breaking },
  { heading: 'Features', holds: ({ type, breaking }) => type === 'feat' && !breaking },
  { heading: 'Fixes', holds: ({ type, breaking }) => type === 'fix' && !breaking },
  { heading: 'Performance', holds: ({ type, breaking }) => type === 'perf' && !breaking },
];

/** Gives the next version and its notes; `bump` is null, and the version as it was, where nothing asks for a release. */
export function releaseNotes({ version, commits }: { version: string; commits: { subject: string }[] }) {
  const changes = commits.map(({ subject }) => read(subject)).filter((change) => change !== null);
  const bump = bumpFor(changes);
  const next = bump === null ? version : raise(version, bump);
  return {
    version: next,
    bump,
    notes: bump === null ? '' : write(next, changes),
    unread: commits.length - changes.length,
  };
}

function read(subject: string): Change | null {
  const found = subjectForm.exec(subject)?.groups;
  if (!found) return null;
  return { type: found.type!, scope: found.scope, breaking: found.mark === '!', text: found.text!.trim() };
}

function bumpFor(changes: readonly Change[]): Bump | null {
  if (changes.some(({ breaking }) => breaking)) return 'major';
  if (changes.some(({ type }) => type === 'feat')) return 'minor';
  return changes.some(({ type }) => type === 'fix' || type === 'perf') ? 'patch' : null;
}

/** Before 1.0.0 anything may break: there a breaking change raises the minor version, and a feature the patch. */
function raise(version: string, bump: Bump): string {
  const [major, minor, patch] = version.split('.').map(Number) as [number, number, number];
  if (![major, minor, patch].every(Number.isSafeInteger))
    throw new ToolFailure(`${version} was not released. Give the last released version, such as 1.4.2.`);
  const step = major > 0 ? bump : bump === 'major' ? 'minor' : 'patch';
  if (step === 'major') return `${major + 1}.0.0`;
  return step === 'minor' ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}

function write(version: string, changes: readonly Change[]): string {
  const written = sections.map(({ heading, holds }) => {
    const lines = changes.filter(holds).map(({ scope, text }) => `- ${scope ? `**${scope}**: ` : ''}${text}\n`);
    return lines.length === 0 ? '' : `\n### ${heading}\n\n${lines.join('')}`;
  });
  return `## ${version}\n${written.join('')}`;
}
