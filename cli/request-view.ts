// Requests of a task as people look at them: where each goes, and what it carries.
import type { RequestEffect } from '../contracts/generated/ledger.v1.ts';
import { requestLine } from '../kernel/outbox/outbox.ts';
import type { EffectStore } from '../kernel/safety/effect-store.ts';

export interface RequestView extends RequestEffect {
  /** What it carries; missing where that is not kept any more. */
  readonly content?: string;
}

const mostShown = 2_000;

export function viewRequests(requests: readonly RequestEffect[], store: EffectStore): RequestView[] {
  return requests.map((request) => {
    if (!request.body) return request;
    try {
      return { ...request, content: store.get(request.body.digest).toString('utf8') };
    } catch {
      return request;
    }
  });
}

/** For people: a line each, and what it carries below it. */
export function requestText(requests: readonly RequestView[]): string {
  return requests.map(textOf).join('\n\n');
}

function textOf(request: RequestView): string {
  const { headers, body, content } = request;
  const shown = content === undefined ? '(its content is not kept any more)' : content.slice(0, mostShown);
  const left = (content?.length ?? 0) - mostShown;
  return [
    `  sends    ${requestLine(request)}`,
    ...Object.entries(headers).map(([name, value]) => `           ${name}: ${value}`),
    ...(body
      ? [...shown.split('\n'), ...(left > 0 ? [`… ${left} more characters`] : [])].map((line) => `         > ${line}`)
      : []),
  ].join('\n');
}
