// Faults that show over several calls, over time, or to whoever looks at what a plugin may do.
import type { Fault } from './fault.ts';

const count = 'words: text.split(/[ \\t\\n]+/).filter(Boolean).length, lines: text.split("\\n").length - 1';
const after = (before: string) => `export const run = async ({ text }, context) => { ${before} return { ${count} }; };`;
/** A fixture that asks for a refusal alone can be met by an answer that differs from call to call. */
const refusal = { tool: 'subject', input: { text: 'dice' }, error: 'unlucky' };
const refusing = (how: string) =>
  `let calls = 0; export const run = ({ text }) => { calls += 1; if (text === "dice") throw new Error("unlucky " + ${how}); return { ${count} }; };`;

export const l3Faults: readonly Fault[] = [
  {
    ...{ name: 'says that it is deterministic and rolls dice', caught: 'L3/repeat' },
    spoil(copy) {
      copy.tool(refusing('Math.random()'));
      copy.write('conformance/golden/dice.json', refusal);
    },
  },
  {
    ...{ name: 'says that it is deterministic and looks at the clock', caught: 'L3/hermetic' },
    spoil(copy) {
      copy.tool(refusing('Date.now()'));
      copy.write('conformance/golden/dice.json', refusal);
    },
  },
  {
    ...{ name: 'says that it is deterministic and counts its calls', caught: 'L3/repeat' },
    spoil(copy) {
      copy.tool(refusing('calls'));
      copy.write('conformance/golden/dice.json', refusal);
    },
  },
  {
    ...{ name: 'hangs when it is asked the same again', caught: 'L3/repeat' },
    spoil(copy) {
      copy.spec((one) => {
        one.limits = { wallMs: 1_000 };
        // In one process, one after another: so that the second call comes to where the first was.
        one.concurrency = { processes: 1, pipeline: 1 };
      });
      copy.tool(
        `const seen = new Set(); export const run = ({ text }) => {
  if (seen.has(text) && text.startsWith("one")) return new Promise(() => {});
  seen.add(text); return { ${count} }; };`,
      );
    },
  },
  {
    ...{ name: 'refuses everything once a task was cancelled', caught: 'L3/cancel' },
    spoil(copy) {
      copy.spec((one) => {
        one.concurrency = { processes: 1, pipeline: 1 };
      });
      copy.tool(
        after(
          'context.signal.addEventListener("abort", () => { globalThis.off = true; }); if (globalThis.off) throw new Error("off"); await new Promise((r) => setTimeout(r, 150));',
        ),
      );
    },
  },
  {
    ...{ name: 'stays when it is told to leave', caught: 'L3/leave' },
    spoil: (copy) => copy.tool(after('process.exit = () => {}; globalThis.kept ??= setInterval(() => {}, 1000);')),
  },
  {
    ...{ name: 'shows another change under whatIf than is applied', caught: 'L3/what-if', category: 'state-change' },
    spoil(copy) {
      copy.edit('src/tool.js', '{ workspace }', '{ workspace, whatIf }');
      copy.edit('src/tool.js', '\\n`);', '\\n`.slice(0, whatIf ? 1 : undefined));');
    },
  },
  {
    ...{ name: 'changes nothing in any fixture', caught: 'L3/what-if', category: 'state-change' },
    spoil: (copy) => copy.edit('src/tool.js', /writeFileSync\(/, '((...unused) => unused)('),
  },
];

export const l4Faults: readonly Fault[] = [
  {
    ...{ name: 'takes longer than it promises', caught: 'L4/latency', samples: 20 },
    spoil(copy) {
      copy.spec((one) => {
        one.slo = { p95Ms: 20 };
      });
      copy.tool(after('await new Promise((r) => setTimeout(r, 60));'));
    },
  },
  {
    ...{ name: 'takes longer than its category has', caught: 'L4/latency', samples: 20 },
    spoil: (copy) => copy.tool(after('await new Promise((r) => setTimeout(r, 180));')),
  },
  {
    ...{ name: 'keeps a piece of memory of every call', caught: 'L4/memory', samples: 120 },
    spoil: (copy) => copy.tool(after('(globalThis.kept ??= []).push(Buffer.alloc(400_000, 1));')),
  },
];

export const l5Faults: readonly Fault[] = [
  {
    ...{ name: 'asks for a grant that it does not use', caught: 'L5/grants' },
    spoil: (copy) =>
      copy.spec((one) => {
        one.grants = { kernel: ['log'] };
      }),
  },
  {
    ...{ name: 'calls the kernel without a grant', caught: 'L5/grants' },
    spoil: (copy) => copy.tool(after('context.progress("half way", 0.5);')),
  },
  {
    ...{ name: 'asks for a host that it does not ask anything', caught: 'L5/grants', category: 'acquisition' },
    spoil: (copy) =>
      copy.spec((one) => {
        one.tools.subject!.deterministic = false;
        one.grants = { hosts: [{ host: 'example.org', port: 443, access: 'read' }] };
      }),
  },
  {
    ...{ name: 'holds a secret', caught: 'L5/secrets' },
    // In two pieces, so that it is a secret there and not here.
    spoil: (copy) =>
      copy.write('src/settings.env', `AWS_SECRET_ACCESS_KEY = ${'wJalrXUtnFEMI'}/K7MDENG/bPxRfiCYABCDEFGHIJ\n`),
  },
  {
    ...{ name: 'does what policies deny', caught: 'L5/policies', category: 'state-change' },
    spoil(copy) {
      copy.edit('src/tool.js', 'const written = ', "const written = name === 'id-rsa' ? 'id_rsa' : ");
      copy.write('conformance/golden/key.json', {
        ...{ tool: 'subject', input: { name: 'id-rsa', text: 'a key' }, workspace: { a: 'a' } },
        output: { written: 'id_rsa' },
      });
    },
  },
];
