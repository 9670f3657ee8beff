import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BreakerMetrics, SystemMetrics, ToolMetrics } from './index.ts';
import { isFamily } from './exposition/metric-family.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

describe('the README', () => {
  test('lists every series with its type and labels, and no other', () => {
    const { registry } = new ToolMetrics();
    expect(new SystemMetrics({ registry, eventLoop: true }).registry).toBe(new BreakerMetrics({ registry }).registry);
    const exposed = registry
      .getMetricsAsArray()
      .filter(isFamily)
      .map(({ definition }) => {
        const { name, type, labelNames } = definition;
        return [name, type, ...labelNames].join(' ');
      });
    const rows = [...readme.matchAll(/^\| `((?:mcp|circuit)_\w+)` *\| (\w+) *\| ([^|]*?) *\|/gm)];
    const listed = rows.map(([, name, type, labels = '']) => [name, type, ...labels.matchAll(/\w+/g)].join(' '));
    expect(listed.toSorted()).toEqual(exposed.toSorted());
  });

  test('lists every option of ToolMetrics', () => {
    const source = readFileSync(new URL('tools/tool-metrics.ts', import.meta.url), 'utf8');
    const options = [...(source.split('export interface MetricsSnapshot')[0] ?? '').matchAll(/^ {2}(\w+)\?:/gm)].map(
      ([, name]) => name,
    );
    const listed = [...readme.matchAll(/^\| `([a-z]\w+)` *\| [^|]+ \| [^|]* \| /gim)].map(([, name]) => name);
    expect(listed.filter((name) => !name?.includes('_'))).toEqual(options);
  });
});
