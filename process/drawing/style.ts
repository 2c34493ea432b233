// Colours and type of a picture. It brings its own paper, which turns dark with its surroundings, so that ink never stands on
// a ground that it was not chosen for.

interface Ink {
  readonly paper: string;
  readonly frame: string;
  readonly text: string;
  readonly quiet: string;
  readonly line: string;
  readonly task: string;
  readonly taskEdge: string;
  readonly gateway: string;
  readonly gatewayEdge: string;
  readonly start: string;
  readonly startEdge: string;
  readonly event: string;
  readonly eventEdge: string;
  readonly end: string;
  readonly endEdge: string;
  readonly error: string;
  readonly errorGround: string;
  readonly way: string;
  readonly wayGround: string;
  readonly onWay: string;
}

const light: Ink = {
  paper: '#fdfdfe',
  frame: '#e3e7ed',
  text: '#1f2a37',
  quiet: '#566373',
  line: '#6b7a8d',
  task: '#f1f5fb',
  taskEdge: '#7f93ad',
  gateway: '#fdf5e3',
  gatewayEdge: '#b98e3c',
  start: '#e9f6ee',
  startEdge: '#4b9369',
  event: '#f4f1fb',
  eventEdge: '#8375ae',
  end: '#eef0f3',
  endEdge: '#4a5666',
  error: '#b8483f',
  errorGround: '#fcefed',
  way: '#1f66d1',
  wayGround: '#e4eefd',
  onWay: '#ffffff',
};

const dark: Ink = {
  paper: '#12171e',
  frame: '#29323d',
  text: '#e4e9ef',
  quiet: '#a3afbd',
  line: '#8492a3',
  task: '#1b2532',
  taskEdge: '#637892',
  gateway: '#2b2414',
  gatewayEdge: '#b3904a',
  start: '#14281d',
  startEdge: '#56a177',
  event: '#231f33',
  eventEdge: '#958ac0',
  end: '#20272f',
  endEdge: '#a8b3c0',
  error: '#e5827a',
  errorGround: '#331c1a',
  way: '#6aa5f8',
  wayGround: '#16294a',
  onWay: '#0c1420',
};

export const fontSize = { label: 13, task: 14, small: 12, heading: 17 } as const;
export const lineHeight = { label: 16, task: 18, small: 15, heading: 22 } as const;

const colours = (ink: Ink): string[] => [
  `.paper{fill:${ink.paper};stroke:${ink.frame}}`,
  `.in,.out,.heading{fill:${ink.text}}`,
  `.quiet{fill:${ink.quiet}}`,
  `.halo{stroke:${ink.paper}}`,
  `.paper-line{stroke:${ink.task}}`,
  `.line,.teeth,.bold{stroke:${ink.quiet}}`,
  `.solid{fill:${ink.quiet}}`,
  `.task>.body{fill:${ink.task};stroke:${ink.taskEdge}}`,
  `.scope>.body,.lane>.body,.note>.body,.data>.body{fill:${ink.paper};stroke:${ink.taskEdge}}`,
  `.gateway>.body{fill:${ink.gateway};stroke:${ink.gatewayEdge}}`,
  `.gateway .line,.gateway .bold{stroke:${ink.gatewayEdge}}`,
  `.event>.body{fill:${ink.event};stroke:${ink.eventEdge}}`,
  `.event .line{stroke:${ink.eventEdge}}`,
  `.event .solid{fill:${ink.eventEdge}}`,
  `.start>.body{fill:${ink.start};stroke:${ink.startEdge}}`,
  `.end>.body{fill:${ink.end};stroke:${ink.endEdge}}`,
  `.end .line{stroke:${ink.endEdge}}`,
  `.end .solid{fill:${ink.endEdge}}`,
  `.fault>.body{fill:${ink.errorGround};stroke:${ink.error}}`,
  `.fault .solid{fill:${ink.error}}`,
  `.flow>path{stroke:${ink.line}}`,
  `.flow>.head{fill:${ink.line}}`,
  `.error>path{stroke:${ink.error}}`,
  `.error>.head{fill:${ink.error}}`,
  `.taken>.body{fill:${ink.wayGround};stroke:${ink.way}}`,
  `.taken>.body.inner{fill:none}`,
  `.taken .line,.taken .bold,.taken .teeth{stroke:${ink.way}}`,
  `.taken .solid{fill:${ink.way}}`,
  `.flow.taken>path{stroke:${ink.way}}`,
  `.flow.taken>.head{fill:${ink.way}}`,
  `.fault.taken>.body{fill:${ink.errorGround};stroke:${ink.error}}`,
  `.fault.taken .solid{fill:${ink.error}}`,
  `.error.taken>path{stroke:${ink.error}}`,
  `.error.taken>.head{fill:${ink.error}}`,
  `.badge{fill:${ink.way}}`,
  `.number{fill:${ink.onWay}}`,
];

/** What does not change with the ground. */
const form: string[] = [
  "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Helvetica Neue',Arial,sans-serif;text-anchor:middle}",
  `.in{font-size:${fontSize.task}px}`,
  `.out{font-size:${fontSize.label}px}`,
  `.small{font-size:${fontSize.small}px}`,
  `.heading{font-size:${fontSize.heading}px;font-weight:600;text-anchor:start}`,
  '.sub{text-anchor:start}',
  '.halo{fill:none;stroke-width:4;stroke-linejoin:round}',
  `.number{font-size:${fontSize.small}px;font-weight:600}`,
  '.body{stroke-width:1.5}',
  '.call>.body,.end>.body{stroke-width:3}',
  '.line,.teeth,.bold,.paper-line{fill:none;stroke-width:1.4;stroke-linejoin:round;stroke-linecap:round}',
  '.teeth{stroke-width:2.8;stroke-dasharray:1;stroke-linecap:butt}',
  '.bold{stroke-width:2.6}',
  '.flow>path,.error>path{fill:none;stroke-width:1.5}',
  '.flow>.head,.error>.head{stroke-width:1.5;stroke-linejoin:round}',
  '.goes-on>.body{stroke-dasharray:5 3}',
  '.message>path{stroke-dasharray:6 4}',
  '.link>path{stroke-dasharray:2 4}',
  '.taken>.body{stroke-width:2.5}',
  '.flow.taken>path,.error.taken>path{stroke-width:2.5}',
  '.left{opacity:.42}',
];

/** Of this picture only, also where it stands in a page among others. */
const scoped = (rules: readonly string[]): string =>
  rules.map((rule) => rule.replace(/(^|,)(?=[^{]*\{)/g, '$1.picture ')).join('');

export const style = `${scoped(form)}${scoped(colours(light))}@media (prefers-color-scheme:dark){${scoped(colours(dark))}}`;
