import type {
  CallResultAnswer,
  ConfigurationAnswer,
  ExecutionAnswer,
  FinishedCall,
  ToolDetailsAnswer,
} from './api/answers.ts';
import type { ApprovalAnswer, JobAnswer, JobDetailsAnswer, RestApiDetailsAnswer } from './api/answers.ts';
import type { UpstreamChangeAnswer } from './api/answers.ts';
import { ApiError, type ApiClient, type BreakerAction, type UpstreamAction } from './api/api-client.ts';
import { followOutput } from './api/job-output.ts';
import type { Clock } from './clock.ts';
import type { Session } from './session.ts';
import type { ToolView } from './state/tool-view.ts';
import type { FollowedOutput } from './views/jobs/job-dialog.ts';
import type { ActionResult } from './views/elements/message.ts';
import type { LoadedUpstream } from './views/sources/upstream-dialog.ts';
import type { LoadedTool } from './views/tools/tool-details.ts';

/** Later than the event of a call, its entry gets into the audit log. */
const AUDIT_DELAY_MS = 2000;

/** What an operator can do on the page. Failures of the server become results to show. */
export class OperatorActions {
  readonly #session: () => Session | undefined;

  /** @param session undefined while no key is in use */
  constructor(session: () => Session | undefined) {
    this.#session = session;
  }

  setEnabled(tool: string, enabled: boolean): Promise<ActionResult> {
    return this.#attempt(`${tool} is ${enabled ? 'enabled' : 'disabled'}.`, async ({ api, refreshTools }) => {
      await api.setEnabled(tool, enabled);
      await refreshTools();
    });
  }

  setBreaker({ name, circuitBreaker }: ToolView, action: BreakerAction): Promise<ActionResult> {
    const result = { open: 'forced open', close: 'forced closed', reset: 'reset' }[action];
    const which = circuitBreaker.scope === 'tool' ? 'The breaker' : 'Every breaker';
    const done = `${which} of ${name} is ${result}.`;
    return this.#attempt(done, async ({ api, refreshTools }) => {
      await api.setBreaker(name, action);
      await refreshTools();
    });
  }

  reload(): Promise<ActionResult> {
    return this.#attempt('The configuration was reloaded.', ({ api }) => api.reloadConfiguration());
  }

  /** @throws {ApiError} */
  call(tool: string, values: object): Promise<CallResultAnswer> {
    const session = this.#session();
    return session ? session.api.call(tool, values) : Promise.reject(new ApiError(0, 'No key is in use.'));
  }

  async configuration(): Promise<ConfigurationAnswer | ActionResult> {
    let loaded: ConfigurationAnswer | undefined;
    const result = await this.#attempt('', async ({ api }) => {
      loaded = await api.configuration();
    });
    return loaded ?? result;
  }

  /** @returns undefined when the server does not respond or does not have the tool any more */
  async loadTool(tool: string): Promise<LoadedTool | undefined> {
    let loaded: LoadedTool | undefined;
    await this.#attempt('', async ({ api }) => {
      const [details, calls] = await Promise.all([api.toolDetails(tool), api.callsOf(tool)]);
      loaded = { details, calls: [...calls, ...(await callsBeforeOpening(api, details, calls))] };
    });
    return loaded;
  }

  /** @returns undefined when the server does not respond or does not have the job any more */
  async loadJob(id: string): Promise<JobDetailsAnswer | undefined> {
    let loaded: JobDetailsAnswer | undefined;
    await this.#attempt('', async ({ api }) => {
      loaded = await api.job(id);
    });
    return loaded;
  }

  cancelJob({ executionId, tool }: JobAnswer): Promise<ActionResult> {
    return this.#attempt(`The job of ${tool} is being cancelled.`, async ({ api, refreshJobs }) => {
      await api.cancelJob(executionId ?? '');
      await refreshJobs();
    });
  }

  decide({ id, tool, caller }: ApprovalAnswer, decision: 'approve' | 'deny'): Promise<ActionResult> {
    const done = decision === 'approve' ? `${caller} may call ${tool} once.` : `The call of ${tool} is denied.`;
    return this.#attempt(done, async ({ api, refreshApprovals }) => {
      await api.decideApproval(id, decision);
      await refreshApprovals();
    });
  }

  /** @returns undefined when the server does not respond or does not have the upstream any more */
  async loadUpstream(key: string, mayOperate: boolean): Promise<LoadedUpstream | undefined> {
    let loaded: LoadedUpstream | undefined;
    await this.#attempt('', async ({ api }) => {
      const [details, changes] = await Promise.all([api.upstream(key), mayOperate ? api.upstreamChanges(key) : []]);
      loaded = { details, changes, mayOperate };
    });
    return loaded;
  }

  /** @returns undefined when the server does not respond or does not have the API any more */
  async loadRestApi(key: string): Promise<RestApiDetailsAnswer | undefined> {
    let loaded: RestApiDetailsAnswer | undefined;
    await this.#attempt('', async ({ api }) => {
      loaded = await api.restApi(key);
    });
    return loaded;
  }

  approveChange(key: string, change: Pick<UpstreamChangeAnswer, 'kind' | 'name'>): Promise<ActionResult> {
    return this.#attempt(
      `${change.name} is approved as it is now.`,
      async ({ api, refreshTools, refreshUpstreams }) => {
        await api.approveChange(key, change);
        await Promise.all([refreshTools(), refreshUpstreams()]);
      },
    );
  }

  operateUpstream(key: string, action: UpstreamAction): Promise<ActionResult> {
    const done = { enable: 'is enabled', disable: 'is disabled', restart: 'was restarted' }[action];
    return this.#attempt(`The upstream ${key} ${done}.`, async ({ api, refreshTools, refreshUpstreams }) => {
      await api.operateUpstream(key, action);
      await Promise.all([refreshTools(), refreshUpstreams()]);
    });
  }

  followJob(output: FollowedOutput, clock: Clock): Disposable | undefined {
    const session = this.#session();
    return session && followOutput({ ...output, api: session.api, clock });
  }

  /** The entry of the audit log for a call. Correlation ids may be used more than once, so more than the id has to match. */
  async loadCall(call: FinishedCall): Promise<ExecutionAnswer | undefined> {
    let found: ExecutionAnswer | undefined;
    await this.#attempt('', async ({ api }) => {
      const entries = await api.callsOf(call.tool, { until: Math.ceil(call.at) + AUDIT_DELAY_MS });
      found = entries.find(
        ({ correlationId, outcome, durationMs }) =>
          correlationId === call.correlationId && outcome === call.outcome && durationMs === call.durationMs,
      );
    });
    return found;
  }

  async #attempt(done: string, work: (session: Session) => Promise<void>): Promise<ActionResult> {
    const session = this.#session();
    if (session === undefined) return { tone: 'bad', text: 'No key is in use.' };
    try {
      await work(session);
      return { tone: 'good', text: done };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { tone: 'bad', text: error.message };
    }
  }
}

/** While a breaker is open, calls are rejected; those that opened it may be further back than the last calls reach. */
async function callsBeforeOpening(
  api: ApiClient,
  { name, breakerHistory }: ToolDetailsAnswer,
  calls: readonly ExecutionAnswer[],
): Promise<readonly ExecutionAnswer[]> {
  const opened = breakerHistory.find(({ to }) => to === 'open');
  const oldest = calls.at(-1);
  if (opened === undefined || oldest === undefined || oldest.at < opened.at) return [];
  const known = new Set(calls.map(({ id }) => id));
  const earlier = await api.callsOf(name, { until: Math.ceil(opened.at) + AUDIT_DELAY_MS });
  return earlier.filter(({ id }) => !known.has(id));
}
