import { ConfigError } from '@mcp/config';

import { GeneratedKeyError } from '../access/generated-key.ts';
import { KeyStoreError } from '../access/key-store.ts';
import { StartError } from '../foundation/start-error.ts';
import { CommandError } from './call/command-error.ts';
import { printError } from './print.ts';

/** Prints errors that an operator can fix, and returns their exit code. Any other error is a defect and keeps its stack. */
export async function reportOperatorErrors(run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    const exitCode = exitCodeOf(error);
    if (exitCode === undefined) throw stackOnly(error);
    printError(`mcp-server: ${(error as Error).message}\n`);
    return exitCode;
  }
}

/** Without its properties, which Node prints: those of the engine's errors hold what it was given, such as a URL with its password. */
function stackOnly(error: unknown): Error {
  const defect = new Error('Something was thrown that is no error.');
  if (error instanceof Error) {
    defect.message = error.message;
    if (error.stack !== undefined) defect.stack = error.stack;
  }
  return defect;
}

const operatorErrors = [ConfigError, StartError, GeneratedKeyError, KeyStoreError];

function exitCodeOf(error: unknown): number | undefined {
  if (error instanceof CommandError) return error.exitCode;
  return operatorErrors.some((type) => error instanceof type) ? 1 : undefined;
}
