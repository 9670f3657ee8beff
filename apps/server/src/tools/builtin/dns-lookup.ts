import { lookup, Resolver } from 'node:dns/promises';

import { defineTool, ToolError, type ToolDefinition } from '@mcp/tool-base';
import { toStandardJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';

import { errorCode } from '../../foundation/error-code.ts';

const recordTypes = ['address', 'A', 'AAAA', 'CNAME', 'MX', 'NS', 'SOA', 'SRV', 'TXT', 'PTR'] as const;

/** Answers that say "there is no such record", as opposed to "the name server did not answer". */
const noRecord = new Set(['ENOTFOUND', 'ENODATA', 'ENOENT', 'EAI_NONAME', 'EAI_NODATA']);

/** `dns_lookup`: what a name resolves to, by the system's resolver or as a record of one type. */
export const dnsLookup: ToolDefinition = defineTool({
  name: 'dns_lookup',
  title: 'DNS lookup',
  description:
    'Look up a host name, or the name of an IPv4 address. Type "address" (the default) asks the way programs on this machine do, hosts file included; the other types ask the configured name servers for records of that type.',
  input: toStandardJsonSchema(
    v.strictObject({
      target: v.pipe(v.string(), v.description('Host name or IPv4 address')),
      type: v.optional(v.pipe(v.picklist(recordTypes), v.description('Record type')), 'address'),
    }),
  ),
  output: toStandardJsonSchema(
    v.object({
      target: v.string(),
      type: v.picklist(recordTypes),
      found: v.boolean(),
      records: v.array(v.unknown()),
    }),
  ),
  annotations: { readOnlyHint: true, idempotentHint: true, destructiveHint: false, openWorldHint: true },
  // A lookup does not contact the target: where the name points is the answer, not something to refuse.
  target: { parameter: 'target', kind: 'ip_or_host', resolve: 'off' },
  limits: { timeoutMs: 10_000 },
  async run({ target, type }, { signal }) {
    const resolver = new Resolver({ timeout: 2000, tries: 2 });
    const cancel = (): void => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const records = await query(resolver, target, type);
      return { target, type, found: records.length > 0, records };
    } catch (error) {
      const code = errorCode(error);
      if (noRecord.has(code)) return { target, type, found: false, records: [] };
      throw new ToolError('tool_error', `The name servers did not answer the query (${code}).`, {
        suggestion: 'Check that this machine can reach its name servers, or ask for type "address".',
        cause: error,
      });
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  },
});

async function query(resolver: Resolver, target: string, type: (typeof recordTypes)[number]): Promise<unknown[]> {
  if (type === 'PTR' || /^[\d.]+$/u.test(target)) return resolver.reverse(target);
  if (type === 'address') return lookup(target, { all: true });
  const answer: unknown = await resolver.resolve(target, type);
  return Array.isArray(answer) ? answer : [answer];
}
