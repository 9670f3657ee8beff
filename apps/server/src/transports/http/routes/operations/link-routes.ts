import * as v from 'valibot';

import { jsonResponse } from '../../routing/request-context.ts';
import type { Route } from '../../routing/route.ts';

export interface LinkRoutesDependencies {
  /** `metrics.grafanaUrl`, read at each request. */
  readonly grafanaUrl: () => string | undefined;
}

const linksResponse = v.object({ grafana: v.nullable(v.string()) });

/** Where else this server can be looked at. */
export function linkRoutes({ grafanaUrl }: LinkRoutesDependencies): Route[] {
  return [
    {
      method: 'GET',
      path: '/links',
      scope: 'tools:read',
      operation: 'get_links',
      summary: 'Addresses of other views of this server, as configured',
      responses: { 200: { description: 'The addresses; null where none is configured', schema: linksResponse } },
      handle: () => jsonResponse({ grafana: grafanaUrl() ?? null }),
    },
  ];
}
