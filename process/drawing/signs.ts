// What stands inside shapes, drawn about 0,0 in a square of 20. `line` is stroked, `solid` filled, `hollow` both, its fill
// that of the shape.
import type { Marker, Sign } from './picture.ts';

const line = (d: string): string => `<path class="line" d="${d}"/>`;
const solid = (d: string): string => `<path class="solid" d="${d}"/>`;

const envelope = 'M-8 -5.5H8V5.5H-8Z';
const flap = 'M-8 -5.5L0 1L8 -5.5';

export const signs: Readonly<Record<Sign, string>> = {
  // A ring in dashes is a wheel's teeth: eight of them around it.
  service: '<circle class="teeth" r="6.4" pathLength="16"/><circle class="line" r="5"/><circle class="line" r="1.8"/>',
  user: `<circle class="line" cy="-3.6" r="3.4"/>${line('M-7 7.5C-7 2.6 -4 0.6 0 0.6S7 2.6 7 7.5Z')}`,
  script: line('M-4 -7.5H6C2 -4 2 -2 5 1S7 6 3 7.5H-7C-3 6 -2 4 -5 1S-8 -4 -4 -7.5ZM-4 -3.5H1.5M-3 0H3.5M-3 3.8H3.5'),
  rules: line('M-8 -6H8V6H-8ZM-8 -2H8M-8 2H8M-3 -2V6'),
  send: `${solid(envelope)}<path class="paper-line" d="${flap}"/>`,
  receive: line(envelope + flap),
  timer: `<circle class="line" r="7.5"/>${line('M0 -4.8V0L3.6 2.4M0 -7.5V-6M7.5 0H6M0 7.5V6M-7.5 0H-6')}`,
  error: solid('M-6 6.5L-2.6 -6.5L1.4 1L6 -6.5L2.4 6.5L-1.4 -1Z'),
  message: line(envelope + flap),
  signal: line('M0 -6.5L7 5.5H-7Z'),
  escalation: solid('M0 -7L5.5 6.5L0 1.5L-5.5 6.5Z'),
  compensation: line('M0 -5.5V5.5L-7 0ZM7 -5.5V5.5L0 0Z'),
  condition: line('M-6 -7H6V7H-6ZM-3.5 -4H3.5M-3.5 -1.3H3.5M-3.5 1.3H3.5M-3.5 4H3.5'),
  link: line('M-7 -3H1V-6.5L7.5 0L1 6.5V3H-7Z'),
  terminate: '<circle class="solid" r="8"/>',
  exclusive: '<path class="bold" d="M-6 -7L6 7M6 -7L-6 7"/>',
  parallel: '<path class="bold" d="M0 -9V9M-9 0H9"/>',
  inclusive: '<circle class="bold" r="8"/>',
  complex: '<path class="bold" d="M0 -9V9M-9 0H9M-6.4 -6.4L6.4 6.4M6.4 -6.4L-6.4 6.4"/>',
  'event-based': `<circle class="line" r="10.5"/>${line('M0 -6.5L6.2 -2L3.8 5.3H-3.8L-6.2 -2Z')}`,
};

export const markers: Readonly<Record<Marker, string>> = {
  collapsed: line('M-6 -6H6V6H-6ZM0 -3.5V3.5M-3.5 0H3.5'),
  loop: line('M-2.5 5.2A5.6 5.6 0 1 1 2.5 5.2M-2.5 5.2V1.4M-2.5 5.2H-6.3'),
  'each, in parallel': line('M-4 -6V6M0 -6V6M4 -6V6'),
  'each, in turn': line('M-6 -4H6M-6 0H6M-6 4H6'),
};
