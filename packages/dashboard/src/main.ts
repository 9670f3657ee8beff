/**
 * The dashboard: events and responses of the server update a state and a history of calls, and everything on the page is
 * drawn from those two, at least once and at most twice a second.
 */
import { ApiError } from './api/api-client.ts';
import { ServerClock } from './api/server-clock.ts';
import { forgetKey, storedKey, storeKey } from './api/stored-key.ts';
import { systemClock } from './clock.ts';
import { addressOptions, followAddress, writeAddress } from './dom/address-options.ts';
import { byId, setAttribute } from './dom/dom.ts';
import { followTheme } from './dom/theme.ts';
import { OperatorActions } from './operator-actions.ts';
import { SelectedTool } from './selected-tool.ts';
import { keyErrorText, Session } from './session.ts';
import { CallHistory, HISTORY_MS } from './state/call-history.ts';
import { initialState, isAdmin, reduce, type Action } from './state/dashboard-state.ts';
import { spanOf } from './state/spans.ts';
import type { ViewOptions } from './state/view-options.ts';
import { ApprovalList } from './views/calls/approval-list.ts';
import { BreakerDialog } from './views/tools/breaker-dialog.ts';
import { CallDialog } from './views/calls/call-dialog.ts';
import { CallTable } from './views/calls/call-table.ts';
import { ConfigurationDialog } from './views/page/configuration-dialog.ts';
import { EventList } from './views/page/event-list.ts';
import { updateFigures } from './views/page/figures.ts';
import { HealthList } from './views/page/health-list.ts';
import { JobDialog } from './views/jobs/job-dialog.ts';
import { JobTable } from './views/jobs/job-table.ts';
import { KeyForm } from './views/page/key-form.ts';
import { Message } from './views/elements/message.ts';
import { PageControls } from './views/page/page-controls.ts';
import { Plots } from './views/page/plots.ts';
import { RestApiDialog } from './views/sources/rest-api-dialog.ts';
import { RestApiTable } from './views/sources/rest-api-table.ts';
import { StatusBar } from './views/page/status-bar.ts';
import { ToolDetails } from './views/tools/tool-details.ts';
import { ToolTable } from './views/tools/tool-table.ts';
import { TryForm } from './views/tools/try-form.ts';
import { UpstreamDialog } from './views/sources/upstream-dialog.ts';
import { UpstreamTable } from './views/sources/upstream-table.ts';

const DRAW_INTERVAL_MS = 500;
const CLEANUP_INTERVAL_MS = 1000;

let state = { ...initialState, options: addressOptions() };
let history = new CallHistory();
let session: Session | undefined;
let drawing: Disposable | undefined;
let drawnAtMs = 0;

const clock = systemClock;
const serverClock = new ServerClock(clock);
const setOptions = (options: Partial<ViewOptions>): void => dispatch({ type: 'options', options });
const actions = new OperatorActions(() => session);
const message = new Message(clock);
const statusBar = new StatusBar(() => session?.reconnect());
const keyForm = new KeyForm(open);
const plots = new Plots(() => setOptions({ tool: undefined }));
const breakerDialog = new BreakerDialog((tool, action) => actions.setBreaker(tool, action).finally(() => draw(true)));
const callDialog = new CallDialog((call) => actions.loadCall(call));
const calls = new CallTable({ onOpen: (call) => void callDialog.show(call), onOptions: setOptions });
const jobDialog = new JobDialog({
  load: (id) => actions.loadJob(id),
  follow: (output) => actions.followJob(output, clock),
  cancel: (job) => actions.cancelJob(job),
});
const approvals = new ApprovalList(async (approval, decision) => {
  const result = await actions.decide(approval, decision);
  draw(true);
  message.show(result);
});
const jobs = new JobTable((job) => jobDialog.show(job, serverClock.epochMs()));
const upstreamDialog = new UpstreamDialog({
  load: (key) => actions.loadUpstream(key, isAdmin(state)),
  approve: (key, change) => actions.approveChange(key, change),
  operate: (key, action) => actions.operateUpstream(key, action),
});
const upstreams = new UpstreamTable((key) => void upstreamDialog.show(key));
const restApiDialog = new RestApiDialog((key) => actions.loadRestApi(key));
const restApis = new RestApiTable((key) => void restApiDialog.show(key));
const configurationDialog = new ConfigurationDialog({
  load: () => actions.configuration(),
  reload: () => actions.reload(),
});
const selectedTool = new SelectedTool({
  actions,
  details: new ToolDetails(switchTool),
  form: new TryForm((tool, values) => actions.call(tool, values)),
  clock,
});
const events = new EventList(() => draw(true));
const healthList = new HealthList();
const controls = new PageControls({
  onSpan: (span) => setOptions({ span }),
  onPause: () => dispatch({ type: 'pause', paused: !state.paused }),
  onConfiguration: () => void configurationDialog.show(state.caller?.readOnly === false),
  onForgetKey: () => {
    session?.[Symbol.dispose]();
    dispatch({ type: 'lock', keyError: '' });
  },
});
const tools = new ToolTable({
  onSelect(tool) {
    const selected = state.options.tool !== tool;
    setOptions({ tool: selected ? tool : undefined });
    if (selected) plots.reveal();
  },
  onSwitch: switchTool,
  onBreaker(tool) {
    breakerDialog.show(tool);
    draw(true);
  },
  onOptions: setOptions,
});

async function switchTool(tool: string, enabled: boolean): Promise<void> {
  const result = await actions.setEnabled(tool, enabled);
  draw(true);
  message.show(result);
}

function dispatch(action: Action): void {
  const { access, options } = state;
  state = reduce(state, action);
  if (state.options !== options) writeAddress(state.options);
  if (state.access !== access || action.type === 'lock') changeAccess();
  // The effect of the operator's own action shows at once, even on a paused page.
  if (action.type === 'options' || action.type === 'pause') draw(true);
  else scheduleDraw();
}

/** @returns why the key is not accepted, or '' */
async function open(key: string): Promise<string> {
  session?.[Symbol.dispose]();
  history = new CallHistory();
  session = new Session({ key, history, clock, serverClock, dispatch });
  try {
    await session.start();
    storeKey(key);
    return '';
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 0) return error.message;
    forgetKey();
    return keyErrorText(error.status, key);
  }
}

function changeAccess(): void {
  const locked = state.access === 'locked';
  setAttribute(document.body, 'data-access', state.access);
  byId('locked', HTMLElement).hidden = !locked;
  byId('open', HTMLElement).hidden = locked;
  if (locked) {
    forgetKey();
    history = new CallHistory();
    const dialogs = [breakerDialog, callDialog, jobDialog, upstreamDialog, restApiDialog, configurationDialog];
    for (const dialog of dialogs) dialog.close();
    message.hide();
    draw(true);
    keyForm.show(state.keyError);
  } else {
    draw(true);
    byId('tools-heading', HTMLElement).focus({ preventScroll: true });
  }
}

function scheduleDraw(): void {
  const waitMs = Math.max(0, drawnAtMs + DRAW_INTERVAL_MS - clock.monotonicMs());
  drawing ??= clock.setTimer(waitMs, () => requestAnimationFrame(() => draw(false)));
}

/** @param byOperator draws the lists and plots even while they are paused */
function draw(byOperator: boolean): void {
  drawing?.[Symbol.dispose]();
  drawing = undefined;
  const now = clock.monotonicMs();
  drawnAtMs = now;
  statusBar.update(state, now);
  controls.update(state);
  breakerDialog.update(state, now);
  const serverNow = serverClock.epochMs();
  jobDialog.update(state.jobs, serverNow);
  if (state.paused && !byOperator) return;
  const span = spanOf(state.options.span);
  // After a key was revoked, too: nothing that it gave access to stays on the page.
  tools.update(state, { history, span, serverNow, now });
  approvals.update(state.approvals, state.caller?.name, serverNow);
  jobs.update(state.jobs, state.options, serverNow);
  upstreams.update(state.upstreams);
  restApis.update(state.restApis);
  if (state.access === 'locked') {
    drawCalls();
    return selectedTool.clear();
  }
  const rest = [drawCalls, drawPlots];
  if (byOperator) for (const part of rest) part();
  else drawEachInItsFrame(rest);
}

/** A frame for each part, so that no task of the page is long. */
function drawEachInItsFrame([part, ...rest]: readonly (() => void)[]): void {
  if (part === undefined) return;
  requestAnimationFrame(() => {
    part();
    drawEachInItsFrame(rest);
  });
}

function drawCalls(): void {
  calls.update(history.recent, state.options);
  events.update(state.lines);
  healthList.update(state.health);
}

function drawPlots(): void {
  if (state.access === 'locked') return;
  const serverNow = serverClock.epochMs();
  updateFigures(state, history, serverNow, clock.monotonicMs());
  plots.update(state, history, spanOf(state.options.span), serverNow);
  selectedTool.update(state);
}

/** Removes old calls, and draws even when nothing happens: plots and countdowns move on. */
function cleanUp(): void {
  history.forgetBefore(serverClock.epochMs() - HISTORY_MS);
  scheduleDraw();
  clock.setTimer(CLEANUP_INTERVAL_MS, cleanUp);
}

globalThis.addEventListener('online', () => session?.reconnect());
followAddress(setOptions);
followTheme(() => {
  plots.restyle();
  tools.restyle();
  draw(true);
});
cleanUp();
const key = storedKey();
if (key === undefined) keyForm.show('');
else void open(key).then((problem) => problem !== '' && keyForm.show(problem));
