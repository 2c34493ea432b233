// What the plugins are tried with: every released kernel that can try them, the present one, and every Node that Arbiter supports.
// Gives the matrix of .github/workflows/compatibility-matrix.yml as lines for $GITHUB_OUTPUT.
// Runs before anything is installed.
import { execFileSync } from 'node:child_process';

/** What a release brings that can try plugins by itself. */
const action = 'action.yml';
const nodes = [22, 24, 26];

const tags = git('tag', '--list', 'v*', '--sort=version:refname').split('\n').filter(Boolean);
const able = tags.filter((tag) => git('ls-tree', '--name-only', tag, action) !== '');
const kernels = [...able.map((tag) => ({ name: tag, ref: tag })), { name: 'present', ref: git('rev-parse', 'HEAD') }];
console.log(`kernels=${JSON.stringify(kernels)}\nnodes=${JSON.stringify(nodes)}`);

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { encoding: 'utf8' }).trim();
}
