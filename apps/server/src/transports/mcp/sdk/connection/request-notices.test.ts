import type { ServerContext } from '@modelcontextprotocol/server';
import { describe, expect, test } from 'vitest';

import { toAuthInfo } from '../../handoff/request-extra.ts';
import { RequestNotices } from './request-notices.ts';

const principal = { name: 'ann', scopes: ['tools:call'] };

function noticesTo(
  sent: unknown[],
  transport: 'http' | 'stdio' = 'http',
  isUnread?: () => boolean,
  writable: Promise<void> = Promise.resolve(),
): RequestNotices {
  const context = {
    mcpReq: {
      _meta: { progressToken: 'p' },
      log: (level: string, data: unknown) => (sent.push([level, data]), writable),
      notify: ({ params }: { params: { progress: number } }) => Promise.resolve(void sent.push(params.progress)),
    },
    ...(transport === 'http' && { http: { authInfo: toAuthInfo({ principal, isUnread }) } }),
  };
  return new RequestNotices(context as unknown as ServerContext, { wants: (level) => level !== 'debug' });
}

describe('a log message to the client', () => {
  test('carries plain fields, at the levels that the client wants', () => {
    const sent: unknown[] = [];
    const { log } = noticesTo(sent);
    log.debug('hidden');
    log.info('one', { step: 1, list: [{ a: null }] });
    log.warn('two');
    expect(sent).toEqual([
      ['info', { message: 'one', step: 1, list: [{ a: null }] }],
      ['warning', 'two'],
    ]);
  });

  test('has no control characters, and nothing under the name of a secret', () => {
    const sent: unknown[] = [];
    noticesTo(sent).log.info('\u001b[31mred\u202e', { note: '\u0007bell', password: 'p', request: { token: 't' } });
    expect(sent).toEqual([
      ['info', { message: 'red', note: 'bell', password: '[redacted]', request: { token: '[redacted]' } }],
    ]);
  });

  const secret = 's.SECRETTOKEN123';
  const thrown = Object.assign(new Error(secret), {
    path: secret,
    config: { headers: { token: secret } },
    toJSON: () => ({ secret }),
  });
  test.each<[string, Record<string, unknown>]>([
    ['an error', { error: thrown }],
    ['an object that was thrown', { error: { secret } }],
    ['an error under another name', { failure: thrown }],
    ['an error inside an object', { details: { inner: thrown } }],
    ['an error inside a list', { details: [thrown] }],
    ['fields that cannot be written', { secret, big: 1n }],
  ])('carries nothing of %s', (_, fields) => {
    const sent: unknown[] = [];
    noticesTo(sent).log.warn('tool threw', { tool: 't', ...fields });
    expect(JSON.stringify(sent)).toContain('tool threw');
    expect(JSON.stringify(sent)).not.toContain(secret);
  });
});

describe('progress', () => {
  test('is sent at once over HTTP', () => {
    const sent: unknown[] = [];
    noticesTo(sent).onProgress?.({ progress: 1 });
    expect(sent).toEqual([1]);
  });

  test('over stdio is not sent once the call has ended', async () => {
    const sent: unknown[] = [];
    const notices = noticesTo(sent, 'stdio');
    const report = notices.onProgress;
    report?.({ progress: 1 });
    await notices.end();
    report?.({ progress: 2 });
    expect(sent).toEqual([]);
  });
});

describe('a client that does not read', () => {
  const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
  const text = 'x'.repeat(1000);

  test('over HTTP gets what fits, and later messages once it reads', async () => {
    const sent: unknown[] = [];
    let isUnread = true;
    const { log } = noticesTo(sent, 'http', () => isUnread);
    for (let turns = 0; turns < 10; turns++) {
      for (let i = 0; i < 100; i++) log.info(text);
      await turn();
    }
    expect(sent.length).toBe(261);
    isUnread = false;
    await turn();
    log.info('read again');
    expect(sent.at(-1)).toEqual(['info', 'read again']);
  });

  test('over stdio gets what fits while the output is full', async () => {
    const sent: unknown[] = [];
    const full = Promise.withResolvers<void>();
    const { log } = noticesTo(sent, 'stdio', undefined, full.promise);
    for (let turns = 0; turns < 10; turns++) {
      for (let i = 0; i < 100; i++) log.info(text);
      await turn();
    }
    expect(sent.length).toBe(261);
    full.resolve();
    await turn();
    log.info('read again');
    expect(sent.at(-1)).toEqual(['info', 'read again']);
  });

  test('that reads gets everything', async () => {
    const sent: unknown[] = [];
    const { log } = noticesTo(sent);
    for (let turns = 0; turns < 10; turns++) {
      for (let i = 0; i < 100; i++) log.info(text);
      await turn();
    }
    expect(sent.length).toBe(1000);
  });
});
