import type { CallLog, ToolResult } from '@mcp/tool-base';
import { expect, test } from 'vitest';

import { ClientQuestions } from '../client-input/client-input-requests.ts';
import { HandedOverCall, HandOvers } from './call-handoffs.ts';

const questions = new ClientQuestions({ subject: [], capabilities: {}, round: undefined, responses: undefined });

function begun(onLog: () => void = () => {}): HandedOverCall {
  const call = new HandedOverCall(questions, onLog);
  call.result = new Promise<ToolResult>(() => {});
  return call;
}

function noting(lines: string[]): CallLog {
  const at = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

test('what a tool logged before its call was handed over reaches the client first, in order', () => {
  const lines: string[] = [];
  const call = begun();
  call.info('one');
  call.warn('two');
  void call.join(noting(lines), new AbortController().signal);
  call.error('three');
  expect(lines).toEqual(['info one', 'warn two', 'error three']);
});

test('the first line that a tool logs asks for the hand-over, the others do not ask again', () => {
  let asked = 0;
  const call = begun(() => asked++);
  call.info('one');
  call.info('two');
  expect(asked).toBe(1);
});

test('a client that gives up ends the call that was handed over', () => {
  const client = new AbortController();
  const call = begun();
  void call.join(noting([]), client.signal);
  expect(call.stop.signal.aborted).toBe(false);
  client.abort();
  expect(call.stop.signal.aborted).toBe(true);
});

test('a client that had given up before the hand-over ends the call at once', () => {
  const call = begun();
  void call.join(noting([]), AbortSignal.abort());
  expect(call.stop.signal.aborted).toBe(true);
});

test('a call is taken once, with the request it came with', () => {
  const handOvers = new HandOvers();
  const request = new Request('http://localhost/mcp');
  const call = begun();
  handOvers.give(request, call);
  expect(handOvers.take(new Request('http://localhost/mcp'))).toBeUndefined();
  expect(handOvers.take(request)).toBe(call);
  expect(handOvers.take(request)).toBeUndefined();
});
