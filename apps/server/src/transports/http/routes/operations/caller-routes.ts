import * as v from 'valibot';

import { jsonResponse } from '../../routing/request-context.ts';
import type { Route } from '../../routing/route.ts';

const callerResponse = v.object({ name: v.string(), scopes: v.array(v.string()), readOnly: v.boolean() });

export interface CallerRoutesOptions {
  /** Whether this listener has only routes that read. */
  readonly readOnly: boolean;
}

/** Who a credential belongs to and what it may do, so that clients do not offer what would be rejected. */
export function callerRoutes({ readOnly }: CallerRoutesOptions): Route[] {
  return [
    {
      method: 'GET',
      path: '/caller',
      scope: 'tools:read',
      operation: 'get_caller',
      summary: 'Name and scopes of the credential in use, and whether this listener has only routes that read',
      responses: { 200: { description: 'The caller', schema: callerResponse } },
      handle: (context) => {
        const { name, scopes } = context.get('principal');
        return jsonResponse({ name, scopes, readOnly });
      },
    },
  ];
}
