/** A server at the other end of a pair of pipes: started and fed by a process that is pinned to the second processor. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ourMain, oursConfiguration, candidateFile } from './candidate.ts';
import type { MeasuredServer } from './paired-cpu.ts';
import type { StdioCommand, StdioReport } from './stdio-client.ts';

export interface StdioCase {
  /** The greatest ratio that is accepted. @default any */
  readonly atMost?: number;
  readonly name: string;
  /** A file in `candidates`, or `ours`. */
  readonly server: string;
  /** What it is spoken to in; `bare` is one without a handshake. */
  readonly era: 'bare' | 'legacy' | 'modern';
}

/** Requests under way at any moment. */
export const stdioInFlight = 64;

interface StdioServer extends MeasuredServer {
  during(ms: number): Promise<StdioReport>;
}

export async function startStdioCandidate({ name, server, era }: StdioCase): Promise<StdioServer> {
  const folder = mkdtempSync(join(tmpdir(), 'benchmark-stdio-'));
  const client = fileURLToPath(new URL('stdio-client.ts', import.meta.url));
  const child = spawn('taskset', ['-c', '1', process.execPath, client], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const command =
    server === 'ours' ? [ourMain, '--transport', 'stdio', '--config', oursConfiguration] : [candidateFile(server)];
  const tell = (message: StdioCommand): Promise<StdioReport> =>
    new Promise((resolve, reject) => {
      const onExit = (): void => reject(new Error(`${name} ended in the middle`));
      child.once('exit', onExit);
      child.once('message', (report: StdioReport) => {
        child.off('exit', onExit);
        if (report.problem === undefined) resolve(report);
        else reject(new Error(`${name}: ${report.problem}`));
      });
      child.send(message);
    });
  const { pid } = await tell({
    start: {
      command: ['taskset', '-c', '0', process.execPath, ...command],
      era,
      inFlight: stdioInFlight,
      stderrFile: join(folder, 'stderr'),
    },
  });
  return {
    pid,
    configuration: server === 'ours' ? 'candidates/ours.yaml, standard error in a file' : '',
    during: (ms) => tell({ run: { ms } }),
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}
