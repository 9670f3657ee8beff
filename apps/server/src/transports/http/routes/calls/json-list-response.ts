import { setImmediate } from 'node:timers/promises';

import { JSON_HEADERS } from '../../routing/request-context.ts';

/** Written in one turn of the event loop. Thousands in one would delay every other request. */
const PER_TURN = 100;

/** `{"name":[...]}` of any number of items, of which each is described when it is written. */
export async function jsonListResponse<T>(
  name: string,
  items: readonly T[],
  describe: (item: T) => unknown,
): Promise<Response> {
  const parts: string[] = [];
  for (let from = 0; from < items.length; from += PER_TURN) {
    if (from > 0) await setImmediate();
    for (const item of items.slice(from, from + PER_TURN)) parts.push(JSON.stringify(describe(item)));
  }
  return new Response(`{${JSON.stringify(name)}:[${parts.join(',')}]}`, { headers: JSON_HEADERS });
}
