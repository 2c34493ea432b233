// Faults of a folder that nothing has to run for: in the spec, the manifest, and what lies beside them.
import type { Fault } from './fault.ts';

const spec = 'plugin.spec.json';
const host = { host: 'example.org', port: 443 } as const;

const inSpec: readonly Fault[] = [
  { name: 'has no spec', caught: 'L0/spec', afterwards: 'nothing', spoil: (copy) => copy.remove(spec) },
  {
    name: 'has a spec that is not JSON',
    caught: 'L0/spec',
    afterwards: 'nothing',
    spoil: (copy) => copy.write(spec, '{'),
  },
  {
    ...{ name: 'has a key twice', caught: 'L0/spec', afterwards: 'nothing' },
    spoil: (copy) => copy.edit(spec, '"version"', '"version": "9.0.0", "version"'),
  },
  {
    ...{ name: 'has a key that plugin.v1 does not know', caught: 'L0/spec', afterwards: 'nothing' },
    spoil: (copy) => copy.spec((one) => void Object.assign(one, { colour: 'green' })),
  },
  {
    ...{ name: 'has no tools', caught: 'L0/spec', afterwards: 'nothing' },
    spoil: (copy) => copy.spec((one) => void Reflect.deleteProperty(one, 'tools')),
  },
  {
    ...{ name: 'is of a category that there is not', caught: 'L0/spec', afterwards: 'nothing' },
    spoil: (copy) => copy.edit(spec, '"transformation"', '"magic"'),
  },
  {
    ...{ name: 'has a version that is no semantic version', caught: 'L0/spec', afterwards: 'nothing' },
    spoil: (copy) => copy.edit(spec, '"0.1.0"', '"one"'),
  },
  {
    ...{ name: 'has an entry outside of its folder', caught: 'L0/spec', afterwards: 'nothing' },
    spoil: (copy) => copy.edit(spec, 'dist/plugin.js', '../plugin.js'),
  },
];

const inSense: readonly Fault[] = [
  {
    ...{ name: 'gives itself more memory than its category has', caught: 'L0/sense', afterwards: 'sign' },
    spoil: (copy) =>
      copy.spec((one) => {
        one.limits = { memoryMb: 1_000_000 };
      }),
  },
  {
    ...{ name: 'promises answers later than it would be killed', caught: 'L0/sense', afterwards: 'sign' },
    spoil: (copy) =>
      copy.spec((one) => {
        one.limits = { wallMs: 100 };
        one.slo = { p95Ms: 200 };
      }),
  },
  {
    ...{ name: 'is a transformation that asks for a host', caught: 'L0/sense', afterwards: 'sign' },
    spoil: (copy) =>
      copy.spec((one) => {
        one.grants = { hosts: [{ ...host, access: 'read' }] };
      }),
  },
  {
    ...{ name: 'looks at things and asks to send requests', caught: 'L0/sense', afterwards: 'sign' },
    category: 'acquisition',
    spoil: (copy) =>
      copy.spec((one) => {
        one.tools.subject!.deterministic = false;
        one.grants = { hosts: [{ ...host, access: 'effect' }] };
      }),
  },
  {
    ...{ name: 'says that what a host answers is deterministic', caught: 'L0/sense', afterwards: 'sign' },
    category: 'acquisition',
    spoil: (copy) =>
      copy.spec((one) => {
        one.grants = { hosts: [{ ...host, access: 'read' }] };
      }),
  },
  {
    ...{ name: 'gives a tool more time than its category has', caught: 'L0/sense', afterwards: 'sign' },
    spoil: (copy) =>
      copy.spec((one) => {
        one.tools.subject!.timeoutMs = 86_400_000;
      }),
  },
  {
    ...{ name: 'is a transformation that wants a workspace', caught: 'L0/sense', afterwards: 'sign' },
    spoil: (copy) =>
      copy.spec((one) => {
        one.tools.subject!.workspace = 'required';
      }),
  },
  {
    ...{ name: 'takes the name of a tool of the kernel', caught: 'L0/sense', afterwards: 'sign' },
    spoil: (copy) =>
      copy.spec((one) => {
        one.tools['run-workflow'] = one.tools.subject!;
      }),
  },
  {
    ...{ name: 'routes by a pattern that is none', caught: 'L0/sense', afterwards: 'sign' },
    spoil: (copy) =>
      copy.spec((one) => {
        one.routing = { patterns: ['('] };
      }),
  },
];

const inSchemas: readonly Fault[] = [
  {
    ...{ name: 'has an input schema of a type that there is not', caught: 'L0/schemas', afterwards: 'sign' },
    spoil: (copy) =>
      copy.spec((one) => {
        one.tools.subject!.input = { type: 'text' };
      }),
  },
  {
    ...{ name: 'has an output schema that refers to nothing', caught: 'L0/schemas', afterwards: 'sign' },
    spoil: (copy) =>
      copy.spec((one) => {
        one.tools.subject!.output = { $ref: '#/$defs/nowhere' };
      }),
  },
  {
    ...{ name: 'has an input schema that nothing fits', caught: 'L0/schemas', afterwards: 'sign' },
    spoil: (copy) =>
      copy.spec((one) => {
        one.tools.subject!.input = { type: 'object', required: ['a'], properties: {}, additionalProperties: false };
      }),
  },
  {
    ...{ name: 'gives an example that does not fit', caught: 'L0/schemas', afterwards: 'sign' },
    spoil: (copy) =>
      copy.spec((one) => {
        one.tools.subject!.input.examples = [{ txet: '' }];
      }),
  },
  {
    ...{ name: 'has a schema of settings that is none', caught: 'L0/schemas', afterwards: 'sign' },
    spoil: (copy) =>
      copy.spec((one) => {
        one.settings = { type: 'object', properties: { size: { minimum: 'small' } } };
      }),
  },
];

const inFiles: readonly Fault[] = [
  {
    ...{ name: 'has a byte more than its manifest says', caught: 'L0/digests', afterwards: 'nothing' },
    spoil: (copy) => copy.edit('dist/plugin.js', /$/, '\n'),
  },
  {
    ...{ name: 'demands settings and brings none for its tests', caught: 'L0/digests' },
    spoil: (copy) =>
      copy.spec((one) => {
        one.settings = { type: 'object', required: ['words'], properties: { words: { type: 'integer' } } };
      }),
  },
  {
    ...{ name: 'has a manifest of another version', caught: 'L0/digests', afterwards: 'nothing' },
    spoil: (copy) =>
      copy.manifest((manifest) => {
        manifest.version = '0.0.1';
      }),
  },
  {
    ...{ name: 'has a manifest that leaves out what runs', caught: 'L0/digests', afterwards: 'nothing' },
    spoil: (copy) =>
      copy.manifest((manifest) => {
        Reflect.deleteProperty(manifest.files as object, 'dist/plugin.js');
        Object.assign(manifest.files as object, { 'README_PLUGIN.md': `sha256:${'0'.repeat(64)}` });
      }),
  },
  {
    ...{ name: 'asks for a kernel that there is not yet', caught: 'L0/digests', afterwards: 'nothing' },
    spoil: (copy) =>
      copy.manifest((manifest) => {
        manifest.kernel = '>=99.0.0';
      }),
  },
  {
    ...{ name: 'has a ledger contract of another kind', caught: 'L0/digests', afterwards: 'sign' },
    spoil: (copy) => copy.write('ledger_contract.json', { schema: 'ledger-contract.v9' }),
  },
  {
    ...{ name: 'holds a program that cannot be parsed', caught: 'L0/program', afterwards: 'sign' },
    spoil: (copy) => copy.write('dist/plugin.js', 'const = 1;\n'),
  },
  {
    ...{ name: 'calls a text executable that no program runs', caught: 'L0/program', afterwards: 'sign' },
    spoil(copy) {
      copy.spec((one) => {
        one.entry = { file: 'run.txt', runtime: 'executable' };
      });
      copy.write('run.txt', 'hello\n');
    },
  },
  {
    ...{
      name: 'says something else in an AUTO region than in its spec',
      caught: 'L0/generated',
      afterwards: 'nothing',
    },
    spoil: (copy) => copy.edit('README_PLUGIN.md', /(BEGIN AUTO[^\n]*\n)/, '$1It makes coffee.\n'),
  },
  { name: 'has no README_PLUGIN.md', caught: 'L0/described', spoil: (copy) => copy.remove('README_PLUGIN.md') },
  { name: 'has an empty healthcheck.md', caught: 'L0/described', spoil: (copy) => copy.write('healthcheck.md', '') },
];

export const l0Faults: readonly Fault[] = [...inSpec, ...inSense, ...inSchemas, ...inFiles];
