// A step graph as a Mermaid flowchart, for documents and pull requests.
import type { Node, StepGraph } from '../step-graph.ts';

export function drawMermaid({ start, nodes }: StepGraph): string {
  const numbers = new Map([...nodes.keys()].map((id, index) => [id, `n${index}`]));
  const number = (id: string) => numbers.get(id) as string;
  const lines = [...nodes.values()].flatMap((node) => [
    `  ${number(node.id)}${shape(node)}`,
    ...arrows(node).map(([to, label, dotted]) => {
      const arrow = dotted ? '-.->' : '-->';
      return `  ${number(node.id)} ${arrow}${label === '' ? '' : `|"${escaped(label)}"|`} ${number(to)}`;
    }),
  ]);
  return ['flowchart TD', `  begin((" ")) --> ${number(start)}`, ...lines].join('\n');
}

function shape({ kind, id }: Node): string {
  const text = escaped(id.replace(/^#/, ''));
  if (kind === 'step') return `["${text}"]`;
  if (kind === 'end') return `(["${text}"])`;
  if (kind === 'split' || kind === 'join') return `{{"${text}"}}`;
  return `{"${text}"}`;
}

function arrows(node: Node): [to: string, label: string, dotted: boolean][] {
  switch (node.kind) {
    case 'step':
      return [
        [node.next, '', false],
        ...(node.onError === null || node.onError === node.next
          ? []
          : [[node.onError, 'error', true] as [string, string, boolean]]),
      ];
    case 'gateway':
      return node.branches.map(({ to, condition }) => [to, condition ?? 'else', false]);
    case 'split':
      return node.branches.map((to) => [to, '', false]);
    case 'end':
      return [];
    default:
      return [[node.next, '', false]];
  }
}

function escaped(text: string): string {
  return text.replaceAll('"', '#quot;').replaceAll('<', '#lt;').replaceAll('>', '#gt;');
}
