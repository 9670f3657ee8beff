import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { createLauncher, directLauncher, type Conversation, type ConversationSpec, type Launcher } from '../index.ts';
import { isGroupAlive } from './processes/process-group.ts';

interface Talk {
  readonly conversation: Conversation;
  readonly lines: string[];
  readonly errors: string[];
  /** Resolves with the line of this number, from 0. */
  readonly line: (index: number) => Promise<string>;
}

async function talk(launcher: Launcher, script: string, more: Partial<ConversationSpec> = {}): Promise<Talk> {
  const lines: string[] = [];
  const errors: string[] = [];
  const args = ['-c', script].map((text) => ({ text, role: 'fixed' as const }));
  const conversation = await launcher.open(
    { program: '/bin/sh', args, maxLineBytes: 65_536, graceMs: 200, ...more },
    { onLine: (line) => lines.push(line.toString()), onErrorLine: (line) => errors.push(line) },
  );
  const line = async (index: number): Promise<string> => {
    await vi.waitFor(() => expect(lines.length).toBeGreaterThan(index), { timeout: 10_000, interval: 2 });
    return lines[index]!;
  };
  return { conversation, lines, errors, line };
}

describe.each([
  ['in this process', async (): Promise<Launcher> => directLauncher()],
  ['in the helper process', (): Promise<Launcher> => createLauncher()],
])('a conversation with a program started %s', (_, create) => {
  let launcher: Launcher;
  beforeAll(async () => {
    launcher = await create();
  });
  afterAll(async () => {
    await launcher[Symbol.asyncDispose]();
  });

  test('goes back and forth in lines, until its stdin is closed', async () => {
    const { conversation, line, errors } = await talk(
      launcher,
      'while read -r l; do echo "got $l"; echo "err $l" >&2; done',
    );
    await conversation.write(Buffer.from('one\n'));
    expect(await line(0)).toBe('got one');
    await conversation.write(Buffer.from('two\nthree\n'));
    expect(await line(2)).toBe('got three');
    await conversation[Symbol.asyncDispose]();
    expect(await conversation.ended).toMatchObject({ started: true, exitCode: 0, truncated: false });
    expect(errors).toEqual(['err one', 'err two', 'err three']);
    expect(launcher.running).toBe(0);
    await expect(conversation.write(Buffer.from('x'))).rejects.toMatchObject({ type: 'unavailable' });
  });

  test('carries more than any pipe or window holds, in order', async () => {
    const { conversation, line } = await talk(launcher, 'head -c 5000000 | sha256sum');
    const bytes = Buffer.alloc(5_000_000, 'abcdefg');
    for (let from = 0; from < bytes.length; from += 700_000)
      await conversation.write(bytes.subarray(from, from + 700_000));
    const { createHash } = await import('node:crypto');
    expect(await line(0)).toBe(`${createHash('sha256').update(bytes).digest('hex')}  -`);
    await conversation[Symbol.asyncDispose]();
  });

  test('makes the writer wait for a program that does not read, and refuses more than 16 MiB', async () => {
    const { conversation } = await talk(launcher, 'exec sleep 60');
    const megabyte = Buffer.alloc(2 ** 20, 0x0a);
    await conversation.write(megabyte);
    const waiting = Array.from({ length: 16 }, () => conversation.write(megabyte));
    const ends = Promise.allSettled(waiting);
    await expect(conversation.write(megabyte)).rejects.toMatchObject({
      message: expect.stringMatching(/does not read/),
    });
    await conversation[Symbol.asyncDispose]();
    expect(new Set((await ends).map(({ status }) => status))).toEqual(new Set(['rejected']));
  });

  test('ends a program that ignores the end of stdin and SIGTERM, with what it started', async () => {
    const { conversation, line } = await talk(
      launcher,
      'trap "" TERM; (trap "" TERM; exec sleep 60) & echo $$; sleep 60',
    );
    const group = Number(await line(0));
    await conversation[Symbol.asyncDispose]();
    expect(isGroupAlive(group)).toBe(false);
  });

  test('ends a program that has closed its stdin, when something is written', async () => {
    const { conversation, line } = await talk(launcher, 'exec 0<&-; echo closed; exec sleep 60');
    expect(await line(0)).toBe('closed');
    await conversation.write(Buffer.from('one\n'));
    expect(await conversation.ended).toMatchObject({ started: true, signal: 'SIGTERM' });
  });

  test('ends a program that has closed its stdout and runs on', async () => {
    const { conversation } = await talk(launcher, 'exec 1>&-; exec sleep 60');
    expect(await conversation.ended).toMatchObject({ started: true, signal: 'SIGTERM' });
  });

  test('ends at a line that is too long, and counts as truncated', async () => {
    const { conversation, lines } = await talk(
      launcher,
      'echo short; head -c 70000 /dev/zero | tr "\\0" x; echo; echo after; exec sleep 60',
    );
    expect(await conversation.ended).toMatchObject({ started: true, truncated: true });
    expect(lines).toEqual(['short']);
  });

  test('hides the secrets of the program on both streams', async () => {
    const secrets = [{ name: 'TOKEN', value: 'hunter2-hunter2', as: 'environment' as const }];
    const { conversation, lines, errors } = await talk(launcher, 'echo "<$TOKEN>"; echo "e $TOKEN" >&2', { secrets });
    await conversation.ended;
    expect([lines, errors]).toEqual([['<[redacted]>'], ['e [redacted]']]);
  });

  test('says why the program could not be started', async () => {
    const { conversation } = await talk(launcher, '', { program: '/nonexistent/program' });
    expect(await conversation.ended).toEqual({ started: false, code: 'ENOENT' });
  });

  test('rejects with what a reader of lines throws, and ends the program', async () => {
    const args = ['-c', 'echo one; exec sleep 60'].map((text) => ({ text, role: 'fixed' as const }));
    const conversation = await launcher.open(
      { program: '/bin/sh', args, maxLineBytes: 100, graceMs: 200 },
      {
        onLine: () => {
          throw new RangeError('not this');
        },
        onErrorLine: () => {},
      },
    );
    await expect(conversation.ended).rejects.toThrow('not this');
    expect(launcher.running).toBe(0);
  });
});

test('every line of a flood arrives whole', async () => {
  await using launcher = await createLauncher();
  const { conversation, lines } = await talk(launcher, 'yes 0123456789012345678901234567890123456789 | head -n 100000');
  await conversation.ended;
  expect([lines.length, new Set(lines).size]).toEqual([100_000, 1]);
});
