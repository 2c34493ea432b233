// Templates as in Go's text/template, as far as policies use them: fields, variables, if, range, with, else.
import type { Budget } from '../budget.ts';
import { failed } from '../builtin.ts';
import { entriesOf } from '../documents.ts';
import { regoText } from '../value-text.ts';
import { lookup, RegoObject, type Value } from '../values.ts';

type Node = string | { readonly kind: 'print'; readonly from: string } | Block;

interface Block {
  readonly kind: 'if' | 'range' | 'with';
  readonly from: string;
  readonly names: readonly string[];
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[];
}

type Variables = ReadonlyMap<string, Value>;
const maxNesting = 50;

export function rendered(template: string, values: RegoObject, budget: Budget): string {
  const parts = template.split(/(\{\{-?[\s\S]*?-?\}\})/);
  for (let i = 1; i < parts.length; i += 2) {
    if (parts[i]?.startsWith('{{- ')) parts[i - 1] = (parts[i - 1] as string).trimEnd();
    if (parts[i]?.endsWith(' -}}')) parts[i + 1] = (parts[i + 1] as string).trimStart();
  }
  const tokens = parts.map((text, index) =>
    index % 2 === 0 ? { text } : { action: text.replace(/^\{\{-?\s*|\s*-?\}\}$/g, '') },
  );
  let at = 0;
  const nodes = sequence(0, false);
  return show(nodes, values, new Map([['$', values]]));

  function sequence(nesting: number, isInner: boolean): Node[] {
    if (nesting > maxNesting) throw failed('template nested too deep');
    const nodes: Node[] = [];
    for (; at < tokens.length; at++) {
      const { text, action } = tokens[at] as { text?: string; action?: string };
      if (action === undefined) nodes.push(text as string);
      else if (action === 'end' || action === 'else') {
        if (!isInner) throw failed(`unexpected {{${action}}}`);
        return nodes;
      } else if (!action.startsWith('/*'))
        nodes.push(/^(if|range|with)\s/.test(action) ? block(action, nesting) : { kind: 'print', from: action });
    }
    if (isInner) throw failed('unexpected EOF');
    return nodes;
  }

  function block(action: string, nesting: number): Block {
    const [, kind, names = '', from] = /^(if|range|with)\s+(?:((?:\$\w+\s*,\s*)?\$\w+)\s*:=\s*)?([\s\S]+)$/.exec(
      action,
    ) as unknown as [string, Block['kind'], string | undefined, string];
    at++;
    const body = sequence(nesting + 1, true);
    const hasElse = tokens[at] && (tokens[at] as { action?: string }).action === 'else';
    if (hasElse) at++;
    const otherwise = hasElse ? sequence(nesting + 1, true) : [];
    return { kind, from: from.trim(), names: names ? names.split(/\s*,\s*/) : [], body, otherwise };
  }

  function show(nodes: readonly Node[], dot: Value, variables: Variables): string {
    let result = '';
    for (const node of nodes) {
      budget.spend();
      const text =
        typeof node === 'string'
          ? node
          : node.kind === 'print'
            ? plain(found(node.from, dot, variables))
            : showBlock(node, dot, variables);
      budget.make(text.length);
      result += text;
    }
    return result;
  }

  function showBlock({ kind, from, names, body, otherwise }: Block, dot: Value, variables: Variables): string {
    const value = found(from, dot, variables);
    if (!isTrue(value)) return show(otherwise, dot, variables);
    if (kind !== 'range')
      return show(
        body,
        kind === 'with' ? value : dot,
        names[0] ? new Map([...variables, [names[0], value]]) : variables,
      );
    const [first, second] = names;
    return [...entriesOf(value)]
      .map(([key, item]) => {
        const more: [string, Value][] = second
          ? [
              [first as string, key],
              [second, item],
            ]
          : first
            ? [[first, item]]
            : [];
        return show(body, item, new Map([...variables, ...more]));
      })
      .join('');
  }

  function found(expression: string, dot: Value, variables: Variables): Value {
    if (/^-?\d+(\.\d+)?$/.test(expression)) return Number(expression);
    const text = /^"((?:[^"\\]|\\.)*)"$|^`([^`]*)`$/.exec(expression);
    if (text) return text[1] === undefined ? (text[2] as string) : (JSON.parse(`"${text[1]}"`) as string);
    const path = /^(\$\w*)?((?:\.\w+)*)$|^\.$/.exec(expression);
    if (!path) throw failed(`template: function or syntax not known: ${expression}`);
    let value: Value | undefined = path[1] === undefined ? dot : variables.get(path[1]);
    if (value === undefined) throw failed(`template: undefined variable ${path[1]}`);
    for (const name of (path[2] ?? '').split('.').slice(1)) {
      value = lookup(value, name);
      if (value === undefined) return '<undefined>';
    }
    return value;
  }
}

function plain(value: Value): string {
  if (typeof value === 'string') return value;
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(plain).join(' ')}]`;
  if (value instanceof RegoObject)
    return `map[${value
      .sorted()
      .map(([key, item]) => `${plain(key)}:${plain(item)}`)
      .join(' ')}]`;
  return regoText(value);
}

function isTrue(value: Value): boolean {
  if (value === null || value === false || value === 0 || value === '') return false;
  return typeof value !== 'object' || [...entriesOf(value)].length > 0;
}
