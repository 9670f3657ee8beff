import { expect, test, vi } from 'vitest';

import { pulledBody } from './pulled-body.ts';

const encoder = new TextEncoder();
const piece = (text: string): Promise<Uint8Array> => Promise.resolve(encoder.encode(text));

test('a body has every piece, and ends once', async () => {
  const ended = vi.fn();
  const next = vi.fn<() => Promise<Uint8Array | undefined>>();
  next.mockReturnValueOnce(piece('a')).mockReturnValueOnce(piece('b')).mockResolvedValue(undefined);
  const body = pulledBody({ next, ended });
  expect(next).not.toHaveBeenCalled();
  expect(await new Response(body).text()).toBe('ab');
  expect(ended.mock.calls).toEqual([['complete']]);
});

test('a body whose source fails ends with what there was, without the error', async () => {
  const ended = vi.fn();
  const next = vi.fn<() => Promise<Uint8Array | undefined>>();
  next.mockReturnValueOnce(piece('a')).mockRejectedValueOnce(new Error('at /var/lib'));
  expect(await new Response(pulledBody({ next, ended })).text()).toBe('a');
  expect(ended.mock.calls).toEqual([['failed']]);
});

test('a reader that leaves ends it, also while a piece is made', async () => {
  const ended = vi.fn();
  const made = Promise.withResolvers<Uint8Array>();
  const reader = pulledBody({ next: () => made.promise, ended }).getReader();
  const read = reader.read();
  await reader.cancel();
  made.resolve(encoder.encode('late'));
  expect(await read).toMatchObject({ done: true });
  expect(ended.mock.calls).toEqual([['cancelled']]);
});
