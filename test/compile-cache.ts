// Modules that one process has compiled are not compiled again by the next, nor by a thread: tests start hundreds of both.
// Left out where coverage is measured, which it makes less exact.
import { enableCompileCache } from 'node:module';

if (!process.env.NODE_V8_COVERAGE) {
  const { directory } = enableCompileCache();
  if (directory) process.env.NODE_COMPILE_CACHE ??= directory;
}
