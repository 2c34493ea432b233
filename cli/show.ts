// arbiter show: what the ledger, or waiting/, says of a task.
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { ArbiterError } from '../contracts/errors.ts';
import type { DeliveryRecord, FileEffect } from '../contracts/generated/ledger.v1.ts';
import { findTask } from '../kernel/commands/find-task.ts';
import { requestLine } from '../kernel/outbox/outbox.ts';
import { openWaitingRoom, type Parked, waitsForText } from '../kernel/queue/waiting.ts';
import { openReader, type StoredEntry } from '../ledger/reader.ts';
import { contextOf, demandHome } from './context.ts';
import { plain } from './output.ts';

export function addShow(program: Command): void {
  program
    .command('show')
    .description('what is known of a task')
    .argument('<id>', 'the id of a task, or the number of a ledger entry')
    .action((id: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const home = demandHome(context);
      const parked = existsSync(home.waiting) ? openWaitingRoom(home.waiting).get(id) : undefined;
      const reader = openReader(home.ledger);
      try {
        const entries = findTask(reader, id, home.path);
        context.output.show(
          { entries, ...(parked && { parked }) },
          [...entries.map(entryText), ...(parked ? [parkedText(parked)] : [])].join('\n\n'),
        );
      } catch (error) {
        if (!parked || !(error instanceof ArbiterError)) throw error;
        context.output.show({ entries: [], parked }, parkedText(parked));
      } finally {
        reader.close();
      }
    });
}

function parkedText({ line, waitsFor }: Parked): string {
  return plain(`${line.id}: waiting ${waitsForText(waitsFor)}\n  from ${line.source.file}, line ${line.source.line}`);
}

function entryText({ seq, taskKey, body, envelope, bodyHash }: StoredEntry): string {
  const lines = [
    `entry ${seq}  ${body.kind}  ${taskKey}`,
    `  time      ${envelope.time} on ${envelope.host}, kernel ${envelope.kernel}`,
    `  body      ${bodyHash}`,
  ];
  if (body.kind === 'kernel') lines.push(`  event     ${body.event}`, `  facts     ${JSON.stringify(body.facts)}`);
  if (body.kind === 'aborted') lines.push(`  because   ${body.error.message} (${body.error.code})`);
  const outcome = body.kind === 'prepared' ? body.outcome : body.kind === 'task' ? body : null;
  if (outcome) {
    if (body.kind === 'task') lines.push(`  outcome   ${outcome.outcome}`);
    if (envelope.source) lines.push(`  from      ${envelope.source.file}, line ${envelope.source.line}`);
    if (outcome.task) lines.push(`  task      ${JSON.stringify(outcome.task)}`);
    if (outcome.plugin)
      lines.push(
        `  plugin    ${outcome.plugin.id} ${outcome.plugin.version} (${outcome.plugin.category}), ${outcome.plugin.digest}`,
      );
    if (outcome.isolation) lines.push(`  isolation ${outcome.isolation}`);
    if (outcome.policies) lines.push(`  policies  ${outcome.policies}`);
    if (outcome.grants && Object.keys(outcome.grants).length > 0)
      lines.push(`  grants    ${JSON.stringify(outcome.grants)}`);
    for (const { table, version, rules, output } of outcome.decisions)
      lines.push(`  decision  ${table} ${version.slice(7, 19)}, rule ${rules.join(', ')}: ${JSON.stringify(output)}`);
    for (const { action, tool, code } of outcome.fallbacks ?? [])
      lines.push(`  fallback  ${action}, for ${tool} failed (${code})`);
    if (outcome.result)
      lines.push(
        `  output    ${'output' in outcome.result ? JSON.stringify(outcome.result.output) : outcome.result.digest}`,
      );
    for (const effect of outcome.effects?.files ?? []) lines.push(`  effect    ${effectText(effect)}`);
    for (const [index, request] of (outcome.requests ?? []).entries())
      lines.push(`  request   ${requestLine(request)}${deliveryText(envelope.deliveries?.[index])}`);
    if (outcome.submissions) lines.push(`  submits   ${outcome.submissions.count} task(s)`);
    for (const gate of outcome.gates ?? [])
      lines.push(
        `  gate      ${gate.id}: ${gate.verdict}${gate.findings.length > 0 ? ` ${JSON.stringify(gate.findings)}` : ''}`,
      );
    if (outcome.error) lines.push(`  error     ${outcome.error.message} (${outcome.error.code})`);
    if (envelope.branch) lines.push(`  branch    ${envelope.branch} at ${envelope.commit}`);
    if (envelope.actor) lines.push(`  by        ${envelope.actor}${envelope.reason ? `: ${envelope.reason}` : ''}`);
    if (envelope.concerns) lines.push(`  ${outcome.rollsBack ? 'undoes  ' : 'applies '}  entry ${envelope.concerns}`);
    if (envelope.note) lines.push(`  note      ${envelope.note}`);
    for (const { method } of envelope.denied ?? []) lines.push(`  denied    ${method}`);
    for (const { host, port, verdict } of envelope.network ?? []) lines.push(`  network   ${host}:${port}: ${verdict}`);
    if (envelope.spent) lines.push(`  spent     ${envelope.spent.tokens} tokens, ${envelope.spent.usd} USD`);
    for (const retry of envelope.retries ?? [])
      lines.push(`  retried   after ${retry.code}, ${retry.delayMs} ms later`);
  }
  return lines.map(plain).join('\n');
}

function deliveryText(delivery: DeliveryRecord | undefined): string {
  if (!delivery) return '';
  const { status, attempts, key, credential } = delivery;
  const added = credential === undefined ? '' : `, with the credential ${credential}`;
  return ` → ${status} (attempt ${attempts}, key ${key}${added})`;
}

function effectText({ path, change, before, after }: FileEffect): string {
  const size = (state: FileEffect['after']) => (state ? `${state.size} bytes ${state.mode}` : 'nothing');
  return `${change} ${path} (${size(before)} → ${size(after)})`;
}
