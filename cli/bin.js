#!/usr/bin/env -S node --max-semi-space-size=8
// A kernel lives long and keeps little: a small young generation keeps its memory small too.
// Plain JavaScript, so that a Node too old for the rest can still say so.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Arbiter needs Node 22.18 or newer; this is ${process.versions.node}. In a clone, npm scripts and npx bring their own: npx arbiter …`,
  );
  process.exit(3);
}
const { enableCompileCache } = await import('node:module');
const { directory } = enableCompileCache();
// For the threads too, each of which would compile its modules anew.
if (directory) process.env.NODE_COMPILE_CACHE ??= directory;
const { existsSync } = await import('node:fs');
// A published package is compiled; a clone runs its TypeScript as it is.
const main = new URL('./main.js', import.meta.url);
await import(existsSync(main) ? main.href : new URL('./main.ts', import.meta.url).href);
