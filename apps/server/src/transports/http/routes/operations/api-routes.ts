import { maySee, maySeeEveryTool, type Principal } from '../../../../access/principal.ts';
import { problem, problemResponse } from '../../../../foundation/problem-details.ts';
import { conditionOf, type ApiCondition } from '../../../../tools/rest/api-check.ts';
import { countOperations, type ApiReport } from '../../../../tools/rest/api-report.ts';
import { jsonResponse } from '../../routing/request-context.ts';
import type { Route } from '../../routing/route.ts';

/** The APIs as they are now. */
export interface ObservedApis {
  /** In the order of the configuration. */
  reports(): readonly ApiReport[];
  get(key: string): ApiReport | undefined;
}

export interface ApiRoutesDependencies {
  readonly apis: ObservedApis;
}

/** `/apis`: the REST APIs whose operations are tools. */
export function apiRoutes({ apis }: ApiRoutesDependencies): Route[] {
  return [
    {
      method: 'GET',
      path: '/apis',
      scope: 'tools:read',
      operation: 'apis',
      summary: 'The REST APIs with the number of their operations, their requests and the state of their token',
      responses: { 200: { description: 'The APIs, in the order of the configuration' } },
      handle: ({ var: { principal } }) =>
        jsonResponse({ apis: apis.reports().map((report) => apiSummary(apiDetails(principal, report))) }),
    },
    {
      method: 'GET',
      path: '/apis/:key',
      scope: 'tools:read',
      operation: 'api',
      summary: 'One REST API: which operations are offered, and which are withheld and why',
      responses: { 200: { description: 'The API' }, 404: { description: 'There is no such API' } },
      handle(context) {
        const report = apis.get(context.req.param('key') ?? '');
        if (report !== undefined) return jsonResponse(apiDetails(context.var.principal, report));
        const suggestion = 'GET /apis lists the APIs.';
        return problemResponse(problem(404, 'not_found', 'There is no such API.', { suggestion }));
      },
    },
  ];
}

export interface ApiDetails extends ApiReport {
  readonly condition: ApiCondition;
}

/** `GET /apis/{key}`. */
function apiDetails(principal: Principal, report: ApiReport): ApiDetails {
  const { status, ...message } = conditionOf(report);
  return { ...visibleTo(principal, report), condition: { status, ...(maySeeEveryTool(principal) && message) } };
}

/** A caller that may not see every tool gets the operations it may see, and no sign of the others. */
function visibleTo(principal: Principal, report: ApiReport): ApiReport {
  if (maySeeEveryTool(principal)) return report;
  const isVisible = (tool: string | undefined): boolean => tool !== undefined && maySee(principal, tool);
  return {
    ...report,
    servers: [],
    operations: report.operations.filter(({ outcome, tool }) => outcome === 'offered' && isVisible(tool)),
    openBreakers: report.openBreakers.filter(isVisible),
  };
}

export interface ApiSummary extends Omit<ApiDetails, 'servers' | 'operations' | 'openBreakers'> {
  readonly operations: { readonly offered: number; readonly withheld: number; readonly notIncluded: number };
  readonly openBreakers: number;
}

/** One of `GET /apis`. */
function apiSummary({ key, baseUrl, condition, operations, token, requests, openBreakers }: ApiDetails): ApiSummary {
  return {
    key,
    baseUrl,
    condition,
    token,
    requests,
    operations: {
      offered: countOperations(operations, 'offered'),
      withheld: countOperations(operations, 'withheld'),
      notIncluded: countOperations(operations, 'not included'),
    },
    openBreakers: openBreakers.length,
  };
}
