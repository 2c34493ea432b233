// Faults that show when the plugin is asked something: by its author's fixtures, by generated inputs, by its scenarios.
import type { Fault } from './fault.ts';

const count = 'words: text.split(/[ \\t\\n]+/).filter(Boolean).length, lines: text.split("\\n").length - 1';
/** Right for what the fixtures ask, and something else for a longer text. */
const unless = (otherwise: string) =>
  `export const run = ({ text }) => { if (text.length > 20) { ${otherwise} } return { ${count} }; };`;
const feature = 'conformance/subject.feature';

export const l1Faults: readonly Fault[] = [
  {
    ...{ name: 'has a tool without a fixture', caught: 'L1/covered' },
    spoil(copy) {
      copy.spec((one) => {
        one.tools.other = one.tools.subject!;
      });
      copy.edit('src/plugin.js', "'subject': run", "'subject': run, other: run");
    },
  },
  {
    ...{ name: 'has a fixture for a tool that it has not', caught: 'L1/covered' },
    spoil: (copy) => copy.write('conformance/golden/more.json', { tool: 'more', input: {}, output: {} }),
  },
  {
    ...{ name: 'has a fixture that is not true', caught: 'L1/golden' },
    spoil: (copy) => copy.edit('conformance/golden/two-lines.json', '"words": 3', '"words": 4'),
  },
  {
    ...{ name: 'speaks another protocol', caught: 'L1/golden' },
    afterwards: 'sign',
    spoil: (copy) =>
      copy.write(
        'dist/plugin.js',
        `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) =>
  console.log(JSON.stringify({ jsonrpc: '2.0', id: JSON.parse(line).id, result: { protocol: 'protocol.v9' } })));\n`,
      ),
  },
  {
    ...{ name: 'gives an answer that does not fit for some inputs', caught: 'L1/fits' },
    spoil: (copy) => copy.tool(unless('return { words: -1, lines: 0 };')),
  },
  {
    ...{ name: 'ends in the middle of some inputs', caught: 'L1/fits' },
    spoil: (copy) => copy.tool(unless('process.exit(3);')),
  },
  {
    ...{ name: 'never answers some inputs', caught: 'L1/fits' },
    spoil(copy) {
      copy.spec((one) => {
        one.limits = { wallMs: 500 };
      });
      copy.tool(unless('return new Promise(() => {});'));
    },
  },
  {
    ...{ name: 'writes something else to stdout for some inputs', caught: 'L1/fits' },
    spoil: (copy) => copy.tool(unless('process.stdout.write("working on it\\n");')),
  },
  {
    ...{ name: 'answers a request that nobody sent', caught: 'L1/fits' },
    spoil: (copy) => copy.tool(unless('process.stdout.write(\'{"jsonrpc":"2.0","id":4096,"result":{}}\\n\');')),
  },
];

export const l2Faults: readonly Fault[] = [
  {
    ...{ name: 'has a scenario that is not true', caught: 'L2/scenario' },
    spoil: (copy) => copy.edit(feature, '"words":2', '"words":99'),
  },
  {
    ...{ name: 'has a scenario that checks nothing', caught: 'L2/scenario' },
    spoil: (copy) => copy.edit(feature, /Then the output is .*/, ''),
  },
  {
    ...{ name: 'has a step that nobody knows', caught: 'L2/scenario' },
    spoil: (copy) => copy.edit(feature, 'When the tool runs', 'When the moon rises'),
  },
  {
    ...{ name: 'has a feature that is no Gherkin', caught: 'L2/scenario' },
    spoil: (copy) => copy.edit(feature, 'Scenario:', 'Perhaps:'),
  },
  {
    ...{ name: 'has a table with rows of different lengths', caught: 'L2/scenario' },
    spoil: (copy) =>
      copy.edit(feature, 'When the tool runs', 'And the files:\n  | a | b |\n  | c |\nWhen the tool runs'),
  },
  {
    ...{ name: 'has an outline without examples', caught: 'L2/scenario' },
    spoil: (copy) => copy.edit(feature, /$/, '\nScenario Outline: none\nThen the output is <n>\nExamples:\n| n |\n'),
  },
  {
    ...{ name: 'has an own step that fails', caught: 'L2/scenario' },
    spoil(copy) {
      copy.edit(feature, /Then the output is .*/, 'Then there are 3 words');
      copy.write(
        'conformance/steps.mjs',
        `export const steps = {
  'Then there are {int} words': ({ output }, count) => { if (output.words !== count) throw new Error(output.words + ' words'); },
};\n`,
      );
    },
  },
  {
    ...{ name: 'has own steps that cannot be loaded', caught: 'L2/scenario' },
    spoil: (copy) => copy.write('conformance/steps.mjs', "import 'nowhere';\n"),
  },
];
