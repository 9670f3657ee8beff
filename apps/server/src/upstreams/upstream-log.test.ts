import { expect, test } from 'vitest';

import { MemoryEventBus } from '../observability/events/memory-event-bus.ts';
import type { Logger } from '../observability/log/logger.ts';
import { UpstreamLog } from './upstream-log.ts';

function log(): { readonly log: UpstreamLog; readonly lines: (readonly [string, unknown])[] } {
  const lines: (readonly [string, unknown])[] = [];
  const write = (fields: { tool?: string }, name: string): void => void lines.push([name, fields.tool]);
  const logger = { info: () => {}, warn: write, error: write, debug: () => {} } as unknown as Logger;
  return { log: new UpstreamLog({ logger, events: new MemoryEventBus() }), lines };
}

const withheld = (...names: readonly string[]): { name: string; reason: string }[] =>
  names.map((name) => ({ name, reason: 'It has no input schema.' }));

test('what is withheld or waits is named once, and again after it was gone', () => {
  const { log: written, lines } = log();
  const pending = [{ name: 'far_new', change: 'new' as const }];
  written.record('far', { type: 'tools', offered: 1, withheld: withheld('a'), pending });
  written.record('far', { type: 'tools', offered: 2, withheld: withheld('a', 'b'), pending });
  written.record('far', { type: 'tools', offered: 2, withheld: withheld('b'), pending: [] });
  written.record('far', { type: 'tools', offered: 2, withheld: withheld('a', 'b'), pending });
  const [bad, waits] = ['upstream.tool_withheld', 'upstream.tool_pending'];
  expect(lines).toEqual([
    [bad, 'a'],
    [waits, 'far_new'],
    [bad, 'b'],
    [bad, 'a'],
    [waits, 'far_new'],
  ]);
});

test('a list of a thousand bad tools is a hundred lines', () => {
  const { log: written, lines } = log();
  const many = withheld(...Array.from({ length: 1000 }, (_, n) => `t${n}`));
  written.record('far', { type: 'tools', offered: 0, withheld: many, pending: [] });
  expect(lines).toHaveLength(100);
});

test('a program that fails is logged with the last lines that it wrote to stderr, once', () => {
  const written: unknown[] = [];
  const logger = {
    info: () => {},
    debug: () => {},
    warn: (fields: { stderr?: unknown }) => written.push(fields.stderr),
  };
  const upstreams = new UpstreamLog({ logger: logger as unknown as Logger, events: new MemoryEventBus() });
  const failed = { type: 'state', from: 'starting', to: 'failed', problem: 'The program ended.' } as const;
  for (let n = 1; n <= 7; n += 1) upstreams.record('far', { type: 'error_line', line: `line ${n}` });
  upstreams.record('far', { type: 'error_line', line: '  ' });
  upstreams.record('far', failed);
  upstreams.record('far', failed);
  upstreams.record('far', { type: 'error_line', line: 'while it worked' });
  upstreams.record('far', { type: 'state', from: 'starting', to: 'ready' });
  upstreams.record('far', failed);
  expect(written).toEqual([['line 3', 'line 4', 'line 5', 'line 6', 'line 7'], undefined, undefined]);
});
