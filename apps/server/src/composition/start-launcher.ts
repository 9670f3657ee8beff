import { createLauncher } from '@mcp/tool-base';

import { StartError } from '../foundation/start-error.ts';

/** @throws {StartError} when the process that starts programs does not come up */
export async function startLauncher(create: typeof createLauncher = createLauncher): ReturnType<typeof createLauncher> {
  try {
    return await create();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(
      `${reason}. It starts the programs of tools; where the machine is overloaded, start the server again.`,
    );
  }
}
