import { describe, expect, test } from 'vitest';

import { ProgressLine, progressText } from './progress-line.ts';
import { renderResult, renderTools } from './render-result.ts';
import { terminalText } from './terminal-text.ts';

describe('the output of a call', () => {
  test('is its text, with a line end', () => {
    expect(renderResult({ content: [{ type: 'text', text: 'a\nb\n' }] })).toBe('a\nb\n');
    expect(renderResult({ content: [{ type: 'text', text: 'a' }] })).toBe('a\n');
    expect(renderResult({ content: [] })).toBe('');
  });

  test('is indented JSON for structured content', () => {
    const structuredContent = { a: 1 };
    const indented = '{\n  "a": 1\n}\n';
    expect(renderResult({ content: [{ type: 'text', text: '{"a":1}' }], structuredContent })).toBe(indented);
    expect(renderResult({ content: [], structuredContent })).toBe(indented);
    expect(renderResult({ content: [{ type: 'text', text: 'one' }], structuredContent })).toBe('one\n');
  });

  test('names what is not text', () => {
    const link = { type: 'resource_link', uri: 'mcp://executions/1/stdout' };
    expect(renderResult({ content: [{ type: 'image', mimeType: 'image/png', data: 'AA==' }, link] })).toBe(
      '[image: image/png; use --json to see it]\n[resource_link: mcp://executions/1/stdout]\n',
    );
  });

  test('cannot control the terminal', () => {
    expect(terminalText('a\u001b[2Jb\u009b1m\u202ec\td\r\ne')).toBe('a[2Jb1mc\td\ne');
  });
});

test('the list of tools has their state and fits the terminal', () => {
  const tool = {
    name: 'ping',
    description: 'Send ICMP echo requests.\nMore.',
    enabled: true,
    excluded: false,
    available: { ok: true },
    circuitBreaker: { state: 'closed' },
  };
  const others = [
    { ...tool, name: 'dig', enabled: false },
    { ...tool, name: 'whois', available: { ok: false } },
    { ...tool, name: 'x', enabled: false, excluded: true },
    { ...tool, name: 'y', circuitBreaker: { state: 'open' } },
  ];
  expect(renderTools([tool, ...others], 40)).toBe(
    [
      'NAME   STATE         DESCRIPTION',
      'ping   ready         Send ICMP echo requ',
      'dig    disabled      Send ICMP echo requ',
      'whois  unavailable   Send ICMP echo requ',
      'x      excluded      Send ICMP echo requ',
      'y      breaker open  Send ICMP echo requ',
      '',
    ].join('\n'),
  );
  expect(renderTools([], 40)).toBe('There are no tools.\n');
});

describe('progress', () => {
  test('is a bar where the total is known', () => {
    expect(progressText({ progress: 1, total: 4, message: 'hop\u001b[1m 3' })).toBe(
      '[#####---------------]  25 %  hop[1m 3',
    );
    expect(progressText({ progress: 9, total: 4 })).toBe('[####################] 100 %');
    expect(progressText({ progress: 2, message: 'line' })).toBe('line');
    expect(progressText({ progress: 2 })).toBe('2');
  });

  test('is one line of a terminal, erased at the end', () => {
    let text = '';
    const line = new ProgressLine({ isTTY: true, columns: 8, write: (part) => (text += part) });
    line.update({ progress: 1, message: 'a long message' });
    line[Symbol.dispose]();
    line[Symbol.dispose]();
    expect(text).toBe('\r\u001b[Ka long \r\u001b[K');
  });

  test('is not written into a file or a pipe', () => {
    let text = '';
    using line = new ProgressLine({ write: (part) => (text += part) });
    line.update({ progress: 1, total: 2 });
    expect(text).toBe('');
  });
});
