import type { BreakerAnswer, BreakerState, HealthAnswer, ToolAnswer } from '../api/answers.ts';
import type { StreamStatus } from '../api/event-stream.ts';
import type { EventLine } from './event-line.ts';

/** A tool as the page shows it. Times are on the monotonic clock of the page. */
export interface ToolView extends ToolAnswer {
  readonly breakers: readonly BreakerView[];
}

export interface BreakerView {
  readonly name: string;
  readonly state: BreakerState;
  readonly forced: 'open' | 'closed' | null;
  /** When an open breaker admits a probe; undefined when it may now, or when an operator forced the state. */
  readonly retryAtMs: number | undefined;
}

export interface DashboardState {
  /** `locked`: no key is in use, the form is shown. */
  readonly access: 'locked' | 'open';
  /** Why the form is shown again. */
  readonly keyError: string;
  readonly connection: StreamStatus;
  /** Undefined until the first response. */
  readonly tools: readonly ToolView[] | undefined;
  readonly health: HealthAnswer | undefined;
  /** Why the figures are not up to date; '' when they are. */
  readonly problem: string;
  /** Newest first. */
  readonly lines: readonly EventLine[];
  /** The tool whose plots are shown; undefined for all. */
  readonly selected: string | undefined;
  readonly paused: boolean;
}

/** `now` is on the monotonic clock. */
export type Action =
  | { readonly type: 'lock'; readonly keyError: string }
  | { readonly type: 'unlock' }
  | { readonly type: 'connection'; readonly status: StreamStatus }
  | { readonly type: 'tools'; readonly tools: readonly ToolAnswer[]; readonly now: number }
  | { readonly type: 'enabled'; readonly tool: string; readonly enabled: boolean }
  | { readonly type: 'breaker'; readonly tool: string; readonly breaker: BreakerAnswer; readonly now: number }
  | { readonly type: 'health'; readonly health: HealthAnswer }
  | { readonly type: 'problem'; readonly text: string }
  | { readonly type: 'line'; readonly line: EventLine }
  | { readonly type: 'select'; readonly tool: string | undefined }
  | { readonly type: 'pause'; readonly paused: boolean };

export const initialState: DashboardState = {
  access: 'locked',
  keyError: '',
  connection: { status: 'connecting' },
  tools: undefined,
  health: undefined,
  problem: '',
  lines: [],
  selected: undefined,
  paused: false,
};

/** Lines kept of each kind, so that calls do not push out changes. */
const MAX_LINES = 100;

export function reduce(state: DashboardState, action: Action): DashboardState {
  switch (action.type) {
    case 'lock':
      // Nothing that the key gave access to stays in memory.
      return { ...initialState, keyError: action.keyError };
    case 'unlock':
      return { ...initialState, access: 'open' };
    case 'connection':
      return { ...state, connection: action.status };
    case 'tools': {
      const tools = action.tools.map((tool) => toolView(tool, action.now));
      const gone = !tools.some(({ name }) => name === state.selected);
      return { ...state, tools, problem: '', selected: gone ? undefined : state.selected };
    }
    case 'enabled':
      return withTool(state, action.tool, (tool) => ({ ...tool, enabled: action.enabled }));
    case 'breaker':
      return withTool(state, action.tool, (tool) => withBreaker(tool, breakerView(action.breaker, action.now)));
    case 'health':
      return { ...state, health: action.health };
    case 'problem':
      return { ...state, problem: action.text };
    case 'line':
      return { ...state, lines: withLine(state.lines, action.line) };
    case 'select':
      return { ...state, selected: action.tool };
    case 'pause':
      return { ...state, paused: action.paused };
  }
}

function toolView(tool: ToolAnswer, now: number): ToolView {
  return { ...tool, breakers: tool.circuitBreaker.breakers.map((breaker) => breakerView(breaker, now)) };
}

function breakerView({ name, state, retryAfterMs, forced }: BreakerAnswer, now: number): BreakerView {
  // For a breaker that was forced open the server gives callers a delay too, but nothing changes when it is over.
  return { name, state, forced, retryAtMs: retryAfterMs > 0 && forced === null ? now + retryAfterMs : undefined };
}

function withTool(state: DashboardState, name: string, change: (tool: ToolView) => ToolView): DashboardState {
  if (state.tools === undefined) return state;
  return { ...state, tools: state.tools.map((tool) => (tool.name === name ? change(tool) : tool)) };
}

function withBreaker(tool: ToolView, breaker: BreakerView): ToolView {
  const known = tool.breakers.some(({ name }) => name === breaker.name);
  return {
    ...tool,
    breakers: known
      ? tool.breakers.map((each) => (each.name === breaker.name ? breaker : each))
      : [...tool.breakers, breaker],
  };
}

function withLine(lines: readonly EventLine[], line: EventLine): readonly EventLine[] {
  let left = MAX_LINES;
  return [line, ...lines].filter(({ isCall }) => isCall !== line.isCall || left-- > 0);
}

const SEVERITY: readonly BreakerState[] = ['open', 'half_open', 'closed'];

/** The breaker to show for the tool: the most severe state, and of equal ones the one that stays open longest. */
export function leadingBreaker({ breakers }: ToolView): BreakerView | undefined {
  return breakers.toSorted(
    (a, b) =>
      SEVERITY.indexOf(a.state) - SEVERITY.indexOf(b.state) || (b.retryAtMs ?? Infinity) - (a.retryAtMs ?? Infinity),
  )[0];
}
