import { availableParallelism } from 'node:os';

import { custom, type Field } from '@mcp/config';
import * as v from 'valibot';

const MAX_WORKERS = 64;
const AUTO = 'auto';

/** `server.workers`. `auto` becomes a number when the configuration is read. */
export const workersField: Field<number> = custom(
  v.pipe(
    v.union([v.number(), v.literal(AUTO)]),
    v.transform((given) => (given === AUTO ? Math.min(MAX_WORKERS, availableParallelism()) : given)),
    v.integer(),
    v.minValue(1),
    v.maxValue(MAX_WORKERS),
  ),
  {
    doc: 'Processes that serve HTTP, on one port. `auto`: one for each core that this process may use. Limits hold over all of them; connections and calls in progress are divided among them.',
    default: 1,
    reload: 'restart',
    expected: `a whole number from 1 to ${MAX_WORKERS}, or '${AUTO}'`,
    jsonSchema: { anyOf: [{ type: 'integer', minimum: 1, maximum: MAX_WORKERS }, { const: AUTO }] },
    fromText: (text) => (/^\d{1,3}$/.test(text.trim()) ? Number(text.trim()) : text.trim()),
  },
);
