// A transformation plugin in TypeScript: definePlugin speaks the protocol, and a tool is a function.
import { definePlugin } from '../../../../../pdk/define-plugin.ts';
import { releaseNotes } from './release-notes.ts';

definePlugin({ 'release-notes': releaseNotes });
