/** The commands that work with a running server or its files: call, tools, keys, upstreams, client. */
import { createInterface } from 'node:readline/promises';

import { systemClock } from '../foundation/clock.ts';
import { homeFolder } from '../foundation/home-folder.ts';
import { configurationFile } from '../composition/load-configuration.ts';
import type { CallCommand, ServerChoice } from './call/parse-call.ts';
import type { Terminal } from './call/run-call.ts';
import type { ClientCommand } from './client/parse-client.ts';
import type { KeysCommand } from './keys/parse-keys.ts';
import type { UpstreamsCommand } from './upstreams/parse-upstreams.ts';
import { reserveStreams } from './protocol-streams.ts';
import { reportOperatorErrors } from './report-errors.ts';
import { print, printError } from './print.ts';

const INTERRUPTED = 130;

export function runCallCommand(command: CallCommand): Promise<number> {
  return reportOperatorErrors(async () => {
    const { runCall } = await import('./call/run-call.ts');
    return runCall(command, thisTerminal());
  });
}

export function runToolsCommand(choice: ServerChoice): Promise<number> {
  return reportOperatorErrors(async () => {
    const { runTools } = await import('./call/run-call.ts');
    return runTools(choice, thisTerminal());
  });
}

export function runKeysCommand(command: KeysCommand): Promise<number> {
  return reportOperatorErrors(async () => {
    const { runKeys } = await import('./keys/run-keys.ts');
    const { stdout, stderr } = await runKeys(command, systemClock.epochMs());
    printError(stderr);
    print(stdout);
    return 0;
  });
}

export function runUpstreamsCommand(command: UpstreamsCommand): Promise<number> {
  return reportOperatorErrors(async () => {
    const { runUpstreams } = await import('./upstreams/run-upstreams.ts');
    const { text, exitCode } = await runUpstreams(command);
    print(text);
    return exitCode;
  });
}

export function runClientCommand(command: ClientCommand): Promise<number> {
  return reportOperatorErrors(async () => {
    const [{ addClient }, { stdioCommand }] = await Promise.all([
      import('./client/run-client.ts'),
      import('./client/stdio-command.ts'),
    ]);
    const { config } = command;
    return addClient(command, {
      home: homeFolder(),
      folder: process.cwd(),
      platform: process.platform,
      env: process.env,
      command: stdioCommand(configurationFile({ ...(config !== undefined && { config }) })),
      write: print,
      confirm: process.stdin.isTTY ? confirm : undefined,
      nowMs: systemClock.epochMs(),
    });
  });
}

async function confirm(prompt: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(?:es)?$/iu.test((await lines.question(prompt)).trim());
  } finally {
    lines.close();
  }
}

/** Standard output carries the result alone: what modules print goes to standard error. Standard input may carry arguments. */
function thisTerminal(): Terminal {
  const interruption = new AbortController();
  process.on('SIGINT', () => {
    // A second Ctrl-C does not wait for the call to be cancelled.
    if (interruption.signal.aborted) process.exit(INTERRUPTED);
    interruption.abort(new DOMException('interrupted', 'AbortError'));
  });
  const { env, stderr } = process;
  const { input: stdin, output: stdout } = reserveStreams();
  return { env, stdin, stderr, stdout, interrupt: interruption.signal };
}
