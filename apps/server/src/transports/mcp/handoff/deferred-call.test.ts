import type { CallLog, ToolResult } from '@mcp/tool-base';
import { expect, test } from 'vitest';

import { ClientInputRequests } from '../client-input/client-input-requests.ts';
import { DeferredCall } from './deferred-call.ts';
import { takeDeferredCall, toAuthInfo } from './request-extra.ts';

const inputRequests = new ClientInputRequests({
  subject: [],
  capabilities: {},
  round: undefined,
  responses: undefined,
});

function begun(onLog: () => void = () => {}): DeferredCall {
  const call = new DeferredCall(inputRequests, onLog);
  call.result = new Promise<ToolResult>(() => {});
  return call;
}

function recording(lines: string[]): CallLog {
  const at = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

test('what a tool logged before its call was deferred reaches the client first, in order', () => {
  const lines: string[] = [];
  const call = begun();
  call.info('one');
  call.warn('two');
  void call.join(recording(lines), new AbortController().signal);
  call.error('three');
  expect(lines).toEqual(['info one', 'warn two', 'error three']);
});

test('the first log line of a tool defers its call, the others do not defer it again', () => {
  let asked = 0;
  const call = begun(() => asked++);
  call.info('one');
  call.info('two');
  expect(asked).toBe(1);
});

test('a client that cancels aborts the deferred call', () => {
  const client = new AbortController();
  const call = begun();
  void call.join(recording([]), client.signal);
  expect(call.abortController.signal.aborted).toBe(false);
  client.abort();
  expect(call.abortController.signal.aborted).toBe(true);
});

test('a client that cancelled before the call was deferred aborts it at once', () => {
  const call = begun();
  void call.join(recording([]), AbortSignal.abort());
  expect(call.abortController.signal.aborted).toBe(true);
});

test('a call is taken once, with the request it came with', () => {
  const principal = { name: 'ann', scopes: ['tools:call'] };
  const deferredCall = begun();
  const authInfo = toAuthInfo({ principal, deferredCall });
  expect(takeDeferredCall(toAuthInfo({ principal }))).toBeUndefined();
  expect(takeDeferredCall(authInfo)).toBe(deferredCall);
  expect(takeDeferredCall(authInfo)).toBeUndefined();
});
