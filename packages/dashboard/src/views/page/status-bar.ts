import { isAdmin, type DashboardState } from '../../state/dashboard-state.ts';
import { byId, setPill, setText } from '../../dom/dom.ts';
import { wait } from '../../text/format.ts';
import { healthPill } from './health-words.ts';

/** Whether the page is up to date, and the health of the server. */
export class StatusBar {
  readonly #connection = byId('connection', HTMLElement);
  readonly #health = byId('health-pill', HTMLElement);
  readonly #reconnect = byId('reconnect', HTMLButtonElement);
  readonly #problem = byId('problem', HTMLElement);
  readonly #caller = byId('caller', HTMLElement);

  constructor(onReconnect: () => void) {
    setText(byId('host', HTMLElement), location.host);
    this.#reconnect.addEventListener('click', onReconnect);
  }

  update(state: DashboardState, now: number): void {
    const { access, connection, health, paused } = state;
    const waiting = connection.status === 'waiting';
    if (connection.status === 'live') setPill(this.#connection, paused ? 'warn' : 'good', paused ? 'Paused' : 'Live');
    else if (waiting) setPill(this.#connection, 'bad', 'Disconnected');
    else setPill(this.#connection, 'neutral', 'Connecting');
    this.#reconnect.hidden = !waiting;
    // The time is on the button and not in the banner, which screen readers would announce every second.
    if (waiting) setText(this.#reconnect, `Reconnect now (automatically in ${wait(connection.retryAtMs - now)})`);
    // While disconnected nobody knows.
    const word = waiting || health === undefined ? undefined : healthPill(health);
    setPill(this.#health, word?.tone ?? 'neutral', word?.text ?? 'Health unknown');
    const problem = problemText(state);
    this.#problem.hidden = access === 'locked' || problem === '';
    setText(this.#problem, problem);
    setText(this.#caller, callerText(state));
  }
}

function problemText({ connection, problem, reloadProblems }: DashboardState): string {
  if (connection.status === 'waiting') return `Disconnected: ${connection.reason}. The page may be out of date.`;
  if (problem !== '') return problem;
  if (reloadProblems.length === 0) return '';
  const more = reloadProblems.length === 1 ? '' : ` (and ${reloadProblems.length - 1} more)`;
  return `The last reload of the configuration was rejected: ${reloadProblems[0] ?? ''}${more}`;
}

function callerText(state: DashboardState): string {
  if (state.caller === undefined) return '';
  return isAdmin(state) && !state.caller.readOnly ? state.caller.name : `${state.caller.name}, read-only`;
}
