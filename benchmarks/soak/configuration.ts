/** What the servers of the endurance run are given. Written again before each reload, which then replaces a running tool. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { KEY } from './client.ts';
import type { Peers } from './peers.ts';

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Seconds for which an ended job is kept: removing jobs is a part of the run, and a starved client still finds its own. */
const JOB_RETENTION_S = 60;
/** The least that may be configured. */
export const AUDIT_ENTRIES = 1000;

export interface ConfigurationOptions {
  readonly file: string;
  /** Stands in the command line of every program, so that those of this run can be found. */
  readonly mark: string;
  readonly peers: Peers;
  /** Anything that differs from one reload to the next. */
  readonly version: number;
}

export function writeConfiguration({ file, mark, peers, version }: ConfigurationOptions): void {
  const sleeps = { command: '/bin/sleep', args: [mark] };
  const values = {
    server: { transport: 'http', port: 0, maxConnections: 512 },
    security: { apiKey: KEY, rateLimit: { requests: 1_000_000, window: 1 } },
    logging: { level: 'error' },
    database: { maxEntries: AUDIT_ENTRIES },
    jobs: { retention: JOB_RETENTION_S },
    presets: [],
    modules: [here('soak-tools.ts')],
    tools: {
      // What a reload changes: this tool is replaced each time, and with it its breaker.
      sleeps: { ...sleeps, description: `Sleeps (${version})`, concurrency: 8 },
      too_slow: {
        ...sleeps,
        description: 'Is never in time',
        timeout: '100ms',
        circuitBreaker: { timeoutIsFailure: false },
      },
      breaks: { description: 'Always fails', command: '/bin/false', args: [], failureExitCodes: [1] },
      say: {
        description: 'Says it by a program',
        command: '/bin/echo',
        args: ['-n', '{text}'],
        parameters: { text: { type: 'string', maxLength: 100 } },
        concurrency: 8,
      },
      count: {
        description: 'Counts twice, with a pause between',
        command: '/bin/sh',
        args: ['-c', 'seq "$1"; sleep 0.2; seq "$1"', mark, '{last}'],
        allowInterpreter: true,
        parameters: { last: { type: 'integer', min: 1, max: 100_000 } },
        concurrency: 4,
        job: 'required',
      },
      endless: { ...sleeps, description: 'Ends when its job is cancelled', concurrency: 4, job: 'required' },
    },
    upstreams: {
      program: {
        command: [process.execPath, here('upstream-program.ts'), mark],
        // Crashes are a part of the run, so waits stay short; unused programs end before the last count of processes.
        restart: { initial: '200ms', max: '1s', stableAfter: '1s' },
        idleStop: '4s',
      },
      web: { url: peers.upstreamUrl, idleStop: '4s' },
    },
    apis: {
      shop: { document: { file: peers.apiDocument }, baseUrl: peers.apiUrl, egress: { private: true }, timeout: '4s' },
    },
  };
  writeFileSync(file, JSON.stringify(values), { mode: 0o600 });
}
