import { serverAddress, type Environment } from './connection.ts';
import type { ServerChoice } from './parse-call.ts';
import { ServerClient, ServerNotRunningError } from './server-client.ts';
import type { ToolSource } from './tool-source.ts';

export interface Surroundings {
  readonly env: Environment;
  /** Shows a remark to the person at the terminal. */
  readonly remark: (text: string) => void;
}

/**
 * Runs `use` with the tools of the server that was named; else with those of the server of the configuration, if it runs, and of
 * this process if not. Only a refused connection counts as "not running", so a call never runs twice.
 */
export async function withToolSource<T>(
  choice: ServerChoice,
  { env, remark }: Surroundings,
  use: (source: ToolSource) => Promise<T>,
): Promise<T> {
  if (!choice.local) {
    const address = await serverAddress(choice, env);
    try {
      return await use(new ServerClient(address));
    } catch (error) {
      if (address.isNamed || !(error instanceof ServerNotRunningError)) throw error;
      remark(`No server listens on ${address.url}; the tools of the configuration are used in this process.`);
    }
  }
  const { openInProcessSource } = await import('./in-process-source.ts');
  await using source = await openInProcessSource(choice.options);
  return await use(source);
}
