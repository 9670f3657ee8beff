/** Notifications and input requests that connected clients receive, in both eras and over both transports. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type Where } from '../harness/clients.ts';
import { apiKey, scratch, startHttpServer, type HttpServerProcess, type Scratch } from '../harness/server-process.ts';
import { listeningKinds, type ListeningClient } from './listening-clients.ts';

const modules = ['notes-module.mjs', '../conformance/everything.ts'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);
const configuration = `
security:
  allowedTargets: [loopback]
  rateLimit: { requests: 10000, window: 60 }
presets: []
modules: ${JSON.stringify(modules)}
tools:
  wait: { description: Waits, command: sleep, args: ['{seconds}'], parameters: { seconds: { type: integer, min: 1, max: 100000 } } }
`;

let server: HttpServerProcess;
let place: Scratch;
beforeAll(async () => {
  server = await startHttpServer({ configuration });
  place = scratch();
  place.write('config.yaml', configuration);
});
afterAll(async () => {
  await server.stop();
  place[Symbol.dispose]();
});

const transports = ['http', 'stdio'] as const;

function whereFor(transport: (typeof transports)[number]): Where {
  return transport === 'http'
    ? { transport, url: server.url }
    : { transport, configFile: `${place.folder}/config.yaml`, folder: place.folder };
}

/** A number of seconds that no other test uses, to find the process of a sleep. */
let seconds = 70_000 + (process.pid % 1000) * 20;

function sleeping(duration: number): boolean {
  return readdirSync('/proc').some((pid) => {
    if (!/^\d+$/u.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').endsWith(`sleep\0${duration}\0`);
    } catch {
      return false;
    }
  });
}

function switchTool(name: string, to: 'enable' | 'disable'): Promise<Response> {
  return fetch(`${server.url}/tools/${name}/${to}`, { method: 'POST', headers: { authorization: `Bearer ${apiKey}` } });
}

describe.each(listeningKinds)('$name', ({ connect }) => {
  describe.each(transports)('over %s', (transport) => {
    let client: ListeningClient;
    beforeAll(async () => {
      client = await connect(whereFor(transport));
      await client.listen('notes://today');
    });
    afterAll(() => client[Symbol.asyncDispose]());

    test('receives the progress of a call in order', async () => {
      client.heard.progress.length = 0;
      const call = client.call('take_steps');
      // Step by step, since the 1.x client drops a progress message that it reads together with the response.
      for (const heard of [[1], [1, 2], [1, 2, 3]]) {
        await expect.poll(() => client.heard.progress).toEqual(heard);
        await client.call('next_step');
      }
      expect(await call).toBe('taken');
    });

    test('receives log messages of a tool', async () => {
      client.heard.logs.length = 0;
      await client.call('test_tool_with_logging');
      await expect
        .poll(() => client.heard.logs)
        .toEqual(['Tool execution started', 'Tool processing data', 'Tool execution completed']);
    });

    test('receives updates of a subscribed resource', async () => {
      client.heard.resources.length = 0;
      await client.call('write_note', { text: 'second' });
      await expect.poll(() => client.heard.resources).toContain('notes://today');
    });

    test('is notified that the list of tools has changed', async () => {
      const before = client.heard.toolLists;
      if (transport === 'http') await switchTool('extra', 'disable');
      else await client.call('hide_extra');
      await expect.poll(() => client.heard.toolLists).toBeGreaterThan(before);
      expect(await client.toolNames()).not.toContain('extra');
      if (transport === 'http') await switchTool('extra', 'enable');
    });

    test('cancels a call, and its program has ended', async () => {
      seconds += 1;
      const duration = seconds;
      const giveUp = new AbortController();
      const call = client.call('wait', { seconds: duration }, giveUp.signal).catch((error: unknown) => error);
      await expect.poll(() => sleeping(duration)).toBe(true);
      giveUp.abort();
      expect(await call).toBeInstanceOf(Error);
      await expect.poll(() => sleeping(duration)).toBe(false);
    });

    test('gets a prompt with arguments, and completions for an argument', async () => {
      expect(await client.prompt('test_prompt_with_arguments', { arg1: 'a', arg2: 'b' })).toBe(
        "Prompt with arguments: arg1='a', arg2='b'",
      );
      expect(await client.complete('test_prompt_with_arguments', 'arg1', 'par')).toEqual(['paris', 'park', 'party']);
    });

    test('responds to input requests of a tool to the user and the model', async () => {
      expect(await client.call('greet_by_model')).toBe('Good day, Ann');
    });
  });
});

test('a module that leaves a timer running does not prevent the server from exiting', async () => {
  await using other = await startHttpServer({ configuration });
  expect(await other.stop()).toBe(0);
});
