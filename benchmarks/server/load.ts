/** The load generator's process, from the side of a benchmark. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import type { Candidate } from './candidate.ts';
import type { LoadOptions, LoadReport } from './load-client.ts';
import type { RequestKind } from './requests.ts';

export interface Load extends Disposable {
  /** As many requests as fit into `ms`. @throws Error when an answer was wrong or missing */
  during(candidate: Candidate, kind: RequestKind, ms: number, connections?: number): Promise<LoadReport>;
  /** So many requests a second, whatever the answers take. */
  paced(candidate: Candidate, kind: RequestKind, ms: number, perSecond: number): Promise<LoadReport>;
  count(candidate: Candidate, kind: RequestKind, requests: number, connections?: number): Promise<LoadReport>;
}

export function startLoad(processor = '1'): Load {
  const client = fileURLToPath(new URL('load-client.ts', import.meta.url));
  const child = spawn('taskset', ['-c', processor, process.execPath, client], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const run = (candidate: Candidate, options: Partial<LoadOptions>, ms?: number): Promise<LoadReport> =>
    new Promise((resolve, reject) => {
      child.once('message', (report: LoadReport) => {
        const { wrong, broken, sample } = report;
        if (wrong + broken === 0) resolve(report);
        else reject(new Error(`${candidate.name}: ${wrong} wrong answers, ${broken} broken; first: ${sample}`));
      });
      const { port, apiKey, sessionId } = candidate;
      child.send({ start: { port, apiKey, sessionId, connections: 64, ...options } });
      if (ms !== undefined) setTimeout(() => child.send({ stop: true }), ms);
    });
  return {
    during: (candidate, kind, ms, connections = 64) => run(candidate, { kind, connections }, ms),
    paced: (candidate, kind, ms, perSecond) => run(candidate, { kind, perSecond }, ms),
    count: (candidate, kind, requests, connections = 64) => run(candidate, { kind, connections, requests }),
    [Symbol.dispose]: () => child.disconnect(),
  };
}
