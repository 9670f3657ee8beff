import { escapedCharacter, replaceHidden } from '@mcp/tool-base';

import type { ListedTool, ResultBlock, ToolCallResult } from './tool-source.ts';

/**
 * The output of a tool as text: its text blocks, and a line for what is not text. A text that is only the structured content in
 * one line is indented.
 */
export function renderResult({ content, structuredContent }: ToolCallResult): string {
  const texts = content.map(blockText);
  const isJson = structuredContent !== undefined && ['', JSON.stringify(structuredContent)].includes(texts.join('\n'));
  const text = isJson ? pretty(structuredContent) : texts.join('\n');
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

function blockText(block: ResultBlock): string {
  if (typeof block['text'] === 'string') return block['text'];
  if (typeof block['uri'] === 'string') return `[${block.type}: ${block['uri']}]`;
  return `[${block.type}${typeof block['mimeType'] === 'string' ? `: ${block['mimeType']}` : ''}; use --json to see it]`;
}

export function renderTools(tools: readonly ListedTool[], columns: number): string {
  if (tools.length === 0) return 'There are no tools.\n';
  const rows = [
    ['NAME', 'STATE', 'DESCRIPTION'] as const,
    ...tools.map((tool) => [tool.name, stateOf(tool), tool.description.split('\n', 1)[0] ?? ''] as const),
  ];
  const names = Math.max(...rows.map(([name]) => name.length));
  const states = Math.max(...rows.map(([, state]) => state.length));
  return rows
    .map(([name, state, text]) => `${name.padEnd(names)}  ${state.padEnd(states)}  ${text}`.slice(0, columns).trimEnd())
    .map((line) => `${line}\n`)
    .join('');
}

function stateOf({ enabled, excluded, available, circuitBreaker }: ListedTool): string {
  if (excluded) return 'excluded';
  if (!enabled) return 'disabled';
  if (!available.ok) return 'unavailable';
  return circuitBreaker.state === 'closed' ? 'ready' : `breaker ${circuitBreaker.state}`;
}

/** As in the files of JSON formatters, with hidden characters as escapes, which JSON asks of some alone. */
export function pretty(value: unknown): string {
  const json = JSON.stringify(value, null, 2);
  return `${replaceHidden(json, (character) => (character === '\n' ? character : escapedCharacter(character)))}\n`;
}
