// Traces: one span per box of the journey, and the trace context that goes to plugins and into entries. Without an
// OpenTelemetry SDK the spans cost next to nothing and the context still joins kernel and plugin.
import { randomBytes } from 'node:crypto';
import { context, propagation, type Span, SpanStatusCode, trace } from '@opentelemetry/api';

const tracer = trace.getTracer('arbiter');

/** The W3C trace context of a task: the one it came with, or a new one. */
export function newTraceparent(given: string | undefined): string {
  if (given) return given;
  const bytes = randomHex();
  return `00-${bytes.slice(0, 32)}-${bytes.slice(32)}-01`;
}

const idBytes = 24;
let random = Buffer.alloc(0);

/** Random bytes are drawn for many tasks at once: one draw costs as much as hundreds. */
function randomHex(): string {
  if (random.length < idBytes) random = randomBytes(idBytes * 256);
  const drawn = random.subarray(0, idBytes).toString('hex');
  random = random.subarray(idBytes);
  return drawn;
}

/** Runs `work` in a span called `name` that belongs to the task's trace. */
export async function inSpan(
  name: string,
  traceparent: string,
  taskId: string,
  work: () => Promise<void>,
): Promise<void> {
  const parent = propagation.extract(context.active(), { traceparent });
  const span: Span = tracer.startSpan(name, { attributes: { 'arbiter.task.id': taskId } }, parent);
  try {
    await context.with(trace.setSpan(parent, span), work);
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message });
    throw error;
  } finally {
    span.end();
  }
}
