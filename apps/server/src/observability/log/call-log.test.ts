import type { CallLog } from '@mcp/tool-base';
import { expect, test } from 'vitest';

import { ToolLog } from './call-log.ts';
import { loggerTo, type Logger } from './logger.ts';

function capture(): { logger: Logger; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
  return { logger: loggerTo({ level: 'debug', format: 'json' }, { write }), lines };
}

test('an error that a tool logs is described in the server log, and the client sees nothing of it', () => {
  const { logger, lines } = capture();
  const sent: unknown[] = [];
  const send = (message: string, fields?: unknown): void => void sent.push([message, fields]);
  const client: CallLog = { debug: send, info: send, warn: send, error: send };
  const error = Object.assign(new Error('open failed'), { path: '/srv/private/customer-42/key.pem' });
  new ToolLog(logger, 'mine', 'c-1', client).error('could not read', { attempt: 1, error });
  expect(lines).toMatchObject([
    { tool: 'mine', correlationId: 'c-1', msg: 'could not read', error: { type: 'Error', message: 'open failed' } },
  ]);
  expect(sent).toEqual([['could not read', { attempt: 1, error: '[error]' }]]);
});

test('a value other than text, logged as the message or as the fields, is described to the operator alone', () => {
  const { logger, lines } = capture();
  const sent: unknown[] = [];
  const note = (...args: unknown[]): void => void sent.push(args);
  const log = new ToolLog(logger, 'mine', 'c-1', { debug: note, info: note, warn: note, error: note });
  const error = Object.assign(new Error('open failed'), { headers: { authorization: 's3cret' } });
  log.error(error as never);
  log.warn('could not read', error as never);
  log.warn('could not read', 'here' as never);
  expect(lines).toMatchObject([
    { error: { message: 'open failed' }, msg: 'The tool logged a value that is no text.', tool: 'mine' },
    { error: { message: 'open failed' }, msg: 'could not read' },
    { error: { message: 'here' }, msg: 'could not read' },
  ]);
  expect(sent).toEqual([
    ['could not read', {}],
    ['could not read', {}],
  ]);
  expect(JSON.stringify(lines)).not.toContain('s3cret');
});

test('a tool cannot replace the tool name and the correlation id of its log lines', () => {
  const { logger, lines } = capture();
  new ToolLog(logger, 'mine', 'c-1', undefined).info('hello', { tool: 'other', correlationId: 'forged' });
  expect(lines).toMatchObject([{ tool: 'mine', correlationId: 'c-1' }]);
});
