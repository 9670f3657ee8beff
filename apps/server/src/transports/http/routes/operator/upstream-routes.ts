import type { PendingKind, UpstreamDiff, UpstreamReport } from '@mcp/upstreams';

import { maySee, maySeeEveryTool, type Principal } from '../../../../access/principal.ts';
import { problem, problemResponse } from '../../../../foundation/problem-details.ts';
import type { Spread } from '../../../../cluster/shared/shared-table.ts';
import { LATER_ELSEWHERE } from './operator-routes.ts';
import { jsonResponse, type HttpContext } from '../../routing/request-context.ts';
import type { Route } from '../../routing/route.ts';

/** One upstream, as the routes use it. */
export interface ObservedUpstream {
  report(): UpstreamReport;
  diff(): readonly UpstreamDiff[];
  /** @throws {Error} whose message is for the operator, when the approval cannot be kept */
  approve(name?: string, kind?: PendingKind): readonly string[];
  /** Ends its connections or programs, with the calls that run over them. */
  restart(): void;
}

/** The upstreams as they are now. */
export interface ObservedUpstreams {
  /** In the order of the configuration. */
  reports(): readonly UpstreamReport[];
  get(key: string): ObservedUpstream | undefined;
  /** Called after tools were approved. */
  approved(key: string, tools: readonly string[], by: string): void;
  /** Whether operators left it on at run time. */
  isEnabled(key: string): boolean;
  /** Called after an upstream was switched. */
  switched(key: string, enabled: boolean, by: string): void;
  /** Called after an upstream was restarted. */
  restarted(key: string, by: string): void;
}

export interface UpstreamRoutesDependencies {
  readonly upstreams: ObservedUpstreams;
  /** `local`: the other servers of the cluster are not reached now, and follow later; `undefined` for a server that runs alone. */
  readonly switchUpstream: (key: string, enabled: boolean) => Promise<Spread | undefined>;
}

/** What an operator may know about an upstream, and whether it is switched on. */
export interface UpstreamStatus extends UpstreamReport {
  readonly enabled: boolean;
}

type HandleUpstream = (upstream: ObservedUpstream, context: HttpContext, key: string) => Response | Promise<Response>;

const NO_SUCH_UPSTREAM = { 404: { description: 'There is no such upstream' } };

/** `/upstreams`: the other MCP servers whose tools are offered here. */
export function upstreamRoutes({ upstreams, switchUpstream }: UpstreamRoutesDependencies): Route[] {
  const withUpstream =
    (handle: HandleUpstream): Route['handle'] =>
    (context) => {
      const key = context.req.param('key') ?? '';
      const upstream = upstreams.get(key);
      if (upstream !== undefined) return handle(upstream, context, key);
      const suggestion = 'GET /upstreams lists the upstreams.';
      return problemResponse(problem(404, 'not_found', 'There is no such upstream.', { suggestion }));
    };
  const approve = (kind?: PendingKind): Route['handle'] =>
    withUpstream((upstream, context, key) => {
      const name = context.req.param('name');
      try {
        const approved = upstream.approve(name, kind);
        if (approved.length === 0 && name !== undefined) return nothingPending();
        upstreams.approved(key, approved, context.var.principal.name);
        return jsonResponse({ approved });
      } catch (error) {
        return problemResponse(problem(503, 'not_kept', (error as Error).message));
      }
    });
  const approveResponses = {
    200: { description: 'The names of what was approved' },
    503: { description: 'The lock file cannot be written' },
  };
  const shown = (context: HttpContext, report: UpstreamReport): UpstreamStatus => ({
    ...visibleTo(context.var.principal, report),
    enabled: upstreams.isEnabled(report.key),
  });
  const switchRoute = (verb: 'enable' | 'disable', summary: string): Route => ({
    method: 'POST',
    path: `/upstreams/:key/${verb}`,
    scope: 'admin',
    operation: `${verb}_upstream`,
    summary,
    responses: { 200: { description: 'Done; clients are notified' }, 202: LATER_ELSEWHERE, ...NO_SUCH_UPSTREAM },
    handle: withUpstream(async (_, context, key) => {
      const enabled = verb === 'enable';
      const result = await switchUpstream(key, enabled);
      upstreams.switched(key, enabled, context.var.principal.name);
      return jsonResponse({ key, enabled }, result === 'local' ? 202 : 200);
    }),
  });
  return [
    {
      method: 'GET',
      path: '/upstreams',
      scope: 'tools:read',
      operation: 'upstreams',
      summary: 'The upstreams with their states',
      responses: { 200: { description: 'The upstreams, in the order of the configuration' } },
      handle: (context) => {
        const all = upstreams.reports().map((report) => summary(shown(context, report)));
        return jsonResponse({ upstreams: all });
      },
    },
    {
      method: 'GET',
      path: '/upstreams/:key',
      scope: 'tools:read',
      operation: 'upstream',
      summary: 'One upstream: its tools with their own names, and which are withheld and why',
      responses: { 200: { description: 'The upstream' }, ...NO_SUCH_UPSTREAM },
      handle: withUpstream((upstream, context) => jsonResponse(shown(context, upstream.report()))),
    },
    {
      method: 'GET',
      path: '/upstreams/:key/diff',
      scope: 'admin',
      operation: 'upstream_diff',
      summary: 'Tools and prompts that wait for approval, as they were approved and as they are now',
      responses: { 200: { description: 'The changes; empty when nothing waits' }, ...NO_SUCH_UPSTREAM },
      handle: withUpstream((upstream) => jsonResponse({ changes: upstream.diff() })),
    },
    {
      method: 'POST',
      path: '/upstreams/:key/tools/:name/approve',
      scope: 'admin',
      operation: 'approve_upstream_tool',
      summary: 'Approve one tool of an upstream as it is now',
      responses: { ...approveResponses, 404: { description: 'There is no such upstream, or no such tool waits' } },
      handle: approve('tool'),
    },
    {
      method: 'POST',
      path: '/upstreams/:key/prompts/:name/approve',
      scope: 'admin',
      operation: 'approve_upstream_prompt',
      summary: 'Approve one prompt of an upstream as it is now',
      responses: { ...approveResponses, 404: { description: 'There is no such upstream, or no such prompt waits' } },
      handle: approve('prompt'),
    },
    {
      method: 'POST',
      path: '/upstreams/:key/approve',
      scope: 'admin',
      operation: 'approve_upstream',
      summary: 'Approve every tool and prompt of an upstream that waits, as it is now',
      responses: { ...approveResponses, ...NO_SUCH_UPSTREAM },
      handle: approve(),
    },
    {
      method: 'POST',
      path: '/upstreams/:key/restart',
      scope: 'admin',
      operation: 'restart_upstream',
      summary:
        'End the connections or programs of an upstream, with the calls that run; the next call opens them again',
      responses: { 200: { description: 'The upstream' }, ...NO_SUCH_UPSTREAM },
      handle: withUpstream((upstream, context, key) => {
        upstream.restart();
        upstreams.restarted(key, context.var.principal.name);
        return jsonResponse(shown(context, upstream.report()));
      }),
    },
    switchRoute('enable', 'Enable an upstream that was disabled'),
    switchRoute(
      'disable',
      'Disable an upstream: it is not connected to, and none of its tools is offered; running calls continue',
    ),
  ];
}

function nothingPending(): Response {
  const suggestion = 'GET /upstreams/KEY/diff lists what waits for approval.';
  return problemResponse(problem(404, 'not_found', 'Nothing of that name waits for approval.', { suggestion }));
}

/** A caller that may not see every tool gets those it may see, and no sign of the others. */
function visibleTo(principal: Principal, report: UpstreamReport): UpstreamReport {
  if (maySeeEveryTool(principal)) return report;
  const isVisible = ({ name }: { readonly name: string }): boolean => maySee(principal, name);
  return {
    ...report,
    tools: report.tools.filter(isVisible),
    pending: report.pending.filter(isVisible),
    withheld: [],
    excluded: [],
  };
}

function summary({ tools, pending, withheld, excluded, ...rest }: UpstreamStatus): object {
  return {
    ...rest,
    tools: tools.length,
    pending: pending.length,
    withheld: withheld.length,
    excluded: excluded.length,
  };
}
