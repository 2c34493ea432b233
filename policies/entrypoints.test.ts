import assert from 'node:assert/strict';
import { decidingPackages } from './entrypoints.ts';

describe('entrypoints of a compiled policy', () => {
  it('name the packages that decide', () => {
    const names = ['arbiter/release/allow', 'arbiter/release/deny', 'arbiter/team/web/allow', 'example/hello'];
    assert.deepEqual(decidingPackages(names), ['release', 'team.web']);
  });

  const refusals: readonly (readonly [title: string, names: readonly string[], message: string])[] = [
    ['none', [], 'it has no entrypoint arbiter/NAME/allow, only none at all'],
    ['others only', ['example/hello'], 'it has no entrypoint arbiter/NAME/allow, only example/hello'],
    [
      'one misspelt',
      ['arbiter/a/allow', 'arbiter/b/alow'],
      'its entrypoint arbiter/b/alow is neither arbiter/NAME/allow nor arbiter/NAME/deny',
    ],
    [
      'reasons without allow',
      ['arbiter/a/allow', 'arbiter/b/deny'],
      'it has the entrypoint arbiter/b/deny, and no arbiter/b/allow',
    ],
  ];
  for (const [title, names, message] of refusals)
    it(`are refused: ${title}`, () => {
      assert.throws(() => decidingPackages(names), { message });
    });
});
