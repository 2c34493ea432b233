// A picture of a process before it is drawn: shapes and edges with their places, as a diagram's own layout or the layout
// of a step graph gives them.

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** What stands inside a shape and says which kind of task, event or gateway it is. */
export type Sign =
  | 'service'
  | 'user'
  | 'script'
  | 'rules'
  | 'send'
  | 'receive'
  | 'timer'
  | 'error'
  | 'message'
  | 'signal'
  | 'escalation'
  | 'compensation'
  | 'condition'
  | 'link'
  | 'terminate'
  | 'exclusive'
  | 'parallel'
  | 'inclusive'
  | 'complex'
  | 'event-based';

/** What stands at the lower edge of an activity. */
export type Marker = 'collapsed' | 'loop' | 'each, in parallel' | 'each, in turn';

export type ShapeKind =
  | 'start'
  | 'intermediate'
  | 'end'
  | 'boundary'
  | 'task'
  | 'call'
  /** A sub-process that shows what is in it. */
  | 'scope'
  | 'gateway'
  /** A pool or a lane. */
  | 'lane'
  | 'note'
  | 'data';

export interface Shape {
  readonly id: string;
  readonly kind: ShapeKind;
  readonly sign: Sign | null;
  readonly markers: readonly Marker[];
  readonly label: string;
  readonly box: Box;
  /** Where the label stands when it is not inside the shape. */
  readonly labelBox: Box | null;
  /** The activity on whose edge a boundary event sits. */
  readonly attachedTo: string | null;
  /** A boundary or start event that lets its surroundings go on. */
  readonly goesOn: boolean;
}

export interface Edge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** `error` is a flow that an error takes; `link` joins a note or data with what it is about. */
  readonly kind: 'flow' | 'error' | 'message' | 'link';
  /** At the beginning of a flow: the gateway's default, or a condition where there is no gateway. */
  readonly mark: 'default' | 'condition' | null;
  /** What stands beside it: its name, or else its condition. */
  readonly label: string;
  /** FEEL, for whoever looks closer. */
  readonly condition: string | null;
  readonly points: readonly Point[];
  readonly labelBox: Box | null;
}

export interface Picture {
  /** For people who do not see it. */
  readonly title: string;
  /** Shapes that hold others stand before them. */
  readonly shapes: readonly Shape[];
  readonly edges: readonly Edge[];
}

export function centreOf({ x, y, width, height }: Box): Point {
  return { x: x + width / 2, y: y + height / 2 };
}
