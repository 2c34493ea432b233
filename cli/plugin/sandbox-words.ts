// What the sandbox of a category lets its plugins see and do, in words.
import { type Profile, profiles } from '../../kernel/host/profiles.ts';

type Category = keyof typeof profiles;

const workspaces: Readonly<Record<Profile['workspace'], string>> = {
  none: 'sees no workspace',
  read: 'reads workspaces',
  write: 'changes workspaces, by private copies',
};

export function workspaceWords(category: Category): string {
  return workspaces[profiles[category].workspace];
}

export function networkWords(category: Category): string {
  return profiles[category].network === 'never' ? 'never reaches a network' : 'reaches hosts that it is granted';
}
