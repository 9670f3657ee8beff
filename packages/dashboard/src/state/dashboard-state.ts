import type { BreakerState, HealthAnswer, ToolAnswer } from '../api/answers.ts';
import type { EventLine } from './event-line.ts';
import type { StreamStatus } from '../api/event-stream.ts';

/** A tool as the page shows it. Moments are on the page's forward-only clock. */
export interface ToolView extends ToolAnswer {
  readonly breakers: readonly BreakerView[];
}

export interface BreakerView {
  readonly name: string;
  readonly state: BreakerState;
  readonly forced: 'open' | 'closed' | null;
  /** When a call may be tried again; undefined when it may be now, or when an operator holds the breaker. */
  readonly retryAt: number | undefined;
}

export interface DashboardState {
  /** `locked`: no key is in use, the form is shown. */
  readonly access: 'locked' | 'open';
  /** Why the form is shown again. */
  readonly refusal: string;
  readonly connection: StreamStatus;
  /** Undefined until the first answer. */
  readonly tools: readonly ToolView[] | undefined;
  readonly health: HealthAnswer | undefined;
  /** What keeps the figures from being fresh; '' when nothing does. */
  readonly trouble: string;
  /** Newest first. */
  readonly lines: readonly EventLine[];
  /** The tool whose plots are shown; undefined for all. */
  readonly selected: string | undefined;
  readonly paused: boolean;
}

export type Action =
  | { readonly type: 'lock'; readonly refusal: string }
  | { readonly type: 'unlock' }
  | { readonly type: 'connection'; readonly status: StreamStatus }
  | { readonly type: 'tools'; readonly tools: readonly ToolAnswer[]; readonly now: number }
  | { readonly type: 'health'; readonly health: HealthAnswer }
  | { readonly type: 'trouble'; readonly text: string }
  | { readonly type: 'line'; readonly line: EventLine }
  | { readonly type: 'select'; readonly tool: string | undefined }
  | { readonly type: 'pause'; readonly paused: boolean };

export const initialState: DashboardState = {
  access: 'locked',
  refusal: '',
  connection: { status: 'connecting' },
  tools: undefined,
  health: undefined,
  trouble: '',
  lines: [],
  selected: undefined,
  paused: false,
};

/** Lines kept of each sort, so that calls do not push out what changed. */
const MOST_LINES = 100;

export function reduce(state: DashboardState, action: Action): DashboardState {
  switch (action.type) {
    case 'lock':
      // Nothing that the key let us see stays behind.
      return { ...initialState, refusal: action.refusal };
    case 'unlock':
      return { ...initialState, access: 'open' };
    case 'connection':
      return { ...state, connection: action.status };
    case 'tools': {
      const tools = action.tools.map((tool) => toolView(tool, action.now));
      const gone = !tools.some(({ name }) => name === state.selected);
      return { ...state, tools, trouble: '', selected: gone ? undefined : state.selected };
    }
    case 'health':
      return { ...state, health: action.health };
    case 'trouble':
      return { ...state, trouble: action.text };
    case 'line':
      return { ...state, lines: withLine(state.lines, action.line) };
    case 'select':
      return { ...state, selected: action.tool };
    case 'pause':
      return { ...state, paused: action.paused };
  }
}

function toolView(tool: ToolAnswer, now: number): ToolView {
  const breakers = tool.circuitBreaker.breakers.map(({ name, state, retryAfterMs, forced }) => ({
    name,
    state,
    forced,
    // The server paces callers of a breaker that is held open, but nothing happens when that time is over.
    retryAt: retryAfterMs > 0 && forced === null ? now + retryAfterMs : undefined,
  }));
  return { ...tool, breakers };
}

function withLine(lines: readonly EventLine[], line: EventLine): readonly EventLine[] {
  let left = MOST_LINES;
  return [line, ...lines].filter(({ isCall }) => isCall !== line.isCall || left-- > 0);
}

/** Orders by how much a breaker wants attention. */
const WORST_FIRST: readonly BreakerState[] = ['open', 'half_open', 'closed'];

/** The breaker that says most about the tool: the worst, and of equals the one that opens last. */
export function leadingBreaker(tool: ToolView): BreakerView | undefined {
  return tool.breakers.toSorted(
    (a, b) =>
      WORST_FIRST.indexOf(a.state) - WORST_FIRST.indexOf(b.state) || (b.retryAt ?? Infinity) - (a.retryAt ?? Infinity),
  )[0];
}
