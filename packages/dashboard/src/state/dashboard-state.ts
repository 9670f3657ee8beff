import type {
  ApprovalAnswer,
  BreakerAnswer,
  CallerAnswer,
  HealthAnswer,
  JobAnswer,
  LinksAnswer,
  RestApiAnswer,
  ToolAnswer,
  UpstreamAnswer,
} from '../api/answers.ts';
import type { StreamStatus } from '../api/event-stream.ts';
import type { EventLine } from './event-line.ts';
import { breakerView, toolView, type BreakerView, type ToolView } from './tool-view.ts';
import { defaultOptions, type ViewOptions } from './view-options.ts';

export interface DashboardState {
  /** `locked`: no key is in use, the form is shown. */
  readonly access: 'locked' | 'open';
  /** Why the form is shown again. */
  readonly keyError: string;
  readonly connection: StreamStatus;
  /** Undefined until the first response. */
  readonly caller: CallerAnswer | undefined;
  readonly links: LinksAnswer;
  /** Undefined until the first response. */
  readonly tools: readonly ToolView[] | undefined;
  /** Open ones first. */
  readonly jobs: readonly JobAnswer[];
  /** Only with the scope `approvals`. */
  readonly approvals: readonly ApprovalAnswer[];
  /** In the order of the configuration. */
  readonly upstreams: readonly UpstreamAnswer[];
  /** In the order of the configuration. */
  readonly restApis: readonly RestApiAnswer[];
  readonly health: HealthAnswer | undefined;
  /** The problems of the last reload; none when it succeeded. */
  readonly reloadProblems: readonly string[];
  /** Why the figures are not up to date; '' when they are. */
  readonly problem: string;
  /** Newest first. */
  readonly lines: readonly EventLine[];
  readonly options: ViewOptions;
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
  | { readonly type: 'caller'; readonly caller: CallerAnswer }
  | { readonly type: 'links'; readonly links: LinksAnswer }
  | { readonly type: 'reload'; readonly problems: readonly string[] }
  | { readonly type: 'jobs'; readonly jobs: readonly JobAnswer[] }
  | { readonly type: 'approvals'; readonly approvals: readonly ApprovalAnswer[] }
  | { readonly type: 'upstreams'; readonly upstreams: readonly UpstreamAnswer[] }
  | { readonly type: 'restApis'; readonly restApis: readonly RestApiAnswer[] }
  | { readonly type: 'health'; readonly health: HealthAnswer }
  | { readonly type: 'problem'; readonly text: string }
  | { readonly type: 'line'; readonly line: EventLine }
  | { readonly type: 'options'; readonly options: Partial<ViewOptions> }
  | { readonly type: 'pause'; readonly paused: boolean };

export const initialState: DashboardState = {
  access: 'locked',
  keyError: '',
  connection: { status: 'connecting' },
  caller: undefined,
  links: { grafana: null },
  tools: undefined,
  jobs: [],
  approvals: [],
  upstreams: [],
  restApis: [],
  health: undefined,
  reloadProblems: [],
  problem: '',
  lines: [],
  options: defaultOptions,
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
      return { ...initialState, access: 'open', options: state.options };
    case 'connection':
      return { ...state, connection: action.status };
    case 'tools': {
      const tools = action.tools.map((tool) => toolView(tool, action.now));
      const { options } = state;
      const gone = options.tool !== undefined && !tools.some(({ name }) => name === options.tool);
      return { ...state, tools, problem: '', options: gone ? { ...options, tool: undefined } : options };
    }
    case 'enabled':
      return withTool(state, action.tool, (tool) => ({ ...tool, enabled: action.enabled }));
    case 'breaker':
      return withTool(state, action.tool, (tool) => withBreaker(tool, breakerView(action.breaker, action.now)));
    case 'caller':
      return { ...state, caller: action.caller };
    case 'links':
      return { ...state, links: action.links };
    case 'reload':
      return { ...state, reloadProblems: action.problems };
    case 'jobs':
      return { ...state, jobs: action.jobs };
    case 'approvals':
      return { ...state, approvals: action.approvals };
    case 'upstreams':
      return { ...state, upstreams: action.upstreams };
    case 'restApis':
      return { ...state, restApis: action.restApis };
    case 'health':
      return { ...state, health: action.health };
    case 'problem':
      return { ...state, problem: action.text };
    case 'line':
      return { ...state, lines: withLine(state.lines, action.line) };
    case 'options':
      return { ...state, options: { ...state.options, ...action.options } };
    case 'pause':
      return { ...state, paused: action.paused };
  }
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

/** Whether the key in use has the scope `admin`. */
export function isAdmin({ caller }: Pick<DashboardState, 'caller'>): boolean {
  return caller?.scopes.includes('admin') ?? false;
}
