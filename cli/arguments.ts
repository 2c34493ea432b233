// Values of the command line, turned into what they stand for; what does not fit is wrong usage.
import { InvalidArgumentError } from 'commander';

export function asInteger(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value)) throw new InvalidArgumentError('It has to be a whole number.');
  return value;
}

export function asCount(text: string): number {
  const value = asInteger(text);
  if (value < 0) throw new InvalidArgumentError('It has to be 0 or more.');
  return value;
}

export function asDays(text: string): number {
  const days = Number(text);
  if (text.trim() === '' || !Number.isFinite(days) || days < 0)
    throw new InvalidArgumentError('It has to be a number of days.');
  return days;
}

export function asPercent(text: string): number {
  const value = asInteger(text);
  if (value < 1 || value > 100) throw new InvalidArgumentError('It has to be a percentage, from 1 to 100.');
  return value;
}

export function asTime(text: string): Date {
  const time = new Date(text);
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(time.getTime()))
    throw new InvalidArgumentError('It has to be a date, or a date and time, such as 2026-11-01T12:00:00Z.');
  return time;
}

const longestReason = 10_000;

export function asReason(text: string): string {
  if (text.trim() === '' || text.length > longestReason)
    throw new InvalidArgumentError(`It has to be a text of at most ${longestReason} characters.`);
  return text;
}

/** `what` names the value in the message. */
export function asJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidArgumentError(`${what} is not JSON: ${(error as Error).message}`);
  }
}
