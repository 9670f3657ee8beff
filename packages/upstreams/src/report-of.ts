import { basename } from 'node:path';

import { sanitizeText } from '@mcp/tool-base';

import type { Connection } from './connection/connection.ts';
import type { Endpoint } from './upstream-options.ts';
import type { Catalogue } from './listing/catalogue.ts';
import type { UpstreamPrompts } from './contents/upstream-prompts.ts';
import type { UpstreamReport } from './upstream-report.ts';

const MAX_SERVER_TEXT = 128;

/** Where it is, without what may be secret: of a URL the query, of a program its path and arguments. */
export function placeOf({ http, stdio }: Endpoint): Pick<UpstreamReport, 'kind' | 'address'> {
  if (stdio !== undefined) return { kind: 'stdio', address: basename(stdio.command[0]) };
  const { origin, pathname } = new URL(http.url);
  return { kind: 'http', address: `${origin}${pathname}` };
}

export function connectionReport(
  open: readonly Connection[],
): Pick<UpstreamReport, 'protocol' | 'server' | 'connections'> {
  const [first] = open;
  if (first === undefined) return { connections: 0 };
  const { era, protocolVersion = '', server } = first;
  return {
    connections: open.length,
    protocol: { era, version: protocolVersion },
    ...(server && { server: { name: shortText(server.name), version: shortText(server.version) } }),
  };
}

export function catalogueReport({
  offered,
  pending,
  excluded,
}: Catalogue): Pick<UpstreamReport, 'tools' | 'pending' | 'excluded'> {
  return {
    tools: offered.map(({ exposed, tool }) => ({ name: exposed, upstreamName: tool.name, notes: tool.notes })),
    pending: pending.map(({ exposed, pending: { item, change } }) => ({
      kind: 'tool',
      name: exposed,
      upstreamName: item.name,
      change,
    })),
    excluded,
  };
}

/** A prompt that waits for approval. */
export function pendingPrompt({
  exposed,
  pending: { item, change },
}: UpstreamPrompts['pending'][number]): UpstreamReport['pending'][number] {
  return { kind: 'prompt', name: exposed, upstreamName: item.name, change };
}

function shortText(text: unknown): string {
  return sanitizeText(String(text)).text.slice(0, MAX_SERVER_TEXT);
}
