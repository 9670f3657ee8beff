import { fileURLToPath } from 'node:url';

import { startWaitingScript } from './start-program.ts';

/** Beside this file, and compiled or not as this file is. */
const CLEAN_UP_SCRIPT = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './clean-up-main.ts' : './clean-up-main.js', import.meta.url),
);

/**
 * Starts a small process that does nothing until this one ends. Should that happen without the result having been disposed of, it ends
 * the programs that are left and removes their folders: the helper does so first, unless it was killed as well.
 */
export function startCleanUpProcess(): AsyncDisposable {
  const waiting = startWaitingScript(CLEAN_UP_SCRIPT, [String(process.pid)]);
  const over = new Promise<void>((resolve) => {
    waiting.once('exit', () => resolve());
    waiting.once('error', () => resolve());
  });
  return {
    [Symbol.asyncDispose]() {
      waiting.ref();
      waiting.kill('SIGKILL');
      return over;
    },
  };
}
