import type { PendingKind, UpstreamDiff } from '@mcp/upstreams';

import type { ReadUpstream } from './read-upstreams.ts';

/** One upstream with its tools, what waits, what is withheld and what is gone, a line each. */
export function renderUpstream({ upstream, problem, stderr, gone }: ReadUpstream): string {
  const { key, address, kind, protocol, tools, pending, withheld, trust } = upstream.report();
  const revision = protocol === undefined ? '' : `, protocol ${protocol.version}`;
  const lines = [
    `${key} (${kind}: ${address}${revision}, trust ${trust})`,
    ...(problem === undefined ? [] : [`  failed    ${problem}`, ...stderr.map((line) => `  stderr    ${line}`)]),
    ...tools.map(({ name, notes }) => ['  offered  ', name, ...notes].join(' ')),
    ...pending.map(({ kind, name, change }) => `  waits     ${named(kind, name)}, which is ${change}`),
    ...withheld.map(({ name, reason }) => `  withheld  ${name}: ${reason}`),
    ...gone.map((name) => `  gone      ${name}, which was approved`),
  ];
  return `${lines.join('\n')}\n`;
}

/** The parts of a tool or prompt that differ, as they were approved and as they are now. */
export function renderDiff({ kind, name, change, before, after }: UpstreamDiff): string {
  const parts = ['title', 'description', 'inputSchema', 'outputSchema', 'arguments'] as const;
  const lines = parts.flatMap((part) => {
    const [old, now] = [textOf(before?.[part]), textOf(after[part])];
    if (old === now) return [];
    return [`  ${part}`, ...marked('-', old), ...marked('+', now)];
  });
  return `${named(kind, name)} is ${change}\n${lines.join('\n')}\n`;
}

function named(kind: PendingKind, name: string): string {
  return kind === 'tool' ? name : `the prompt ${name}`;
}

function textOf(value: unknown): string | undefined {
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
}

function marked(mark: string, text: string | undefined): string[] {
  return text === undefined ? [] : text.split('\n').map((line) => `  ${mark} ${line}`);
}
