import type { ReadHint } from '@mcp/tool-base';

import type { Clock } from '../foundation/clock.ts';
import type { EventBus } from '../observability/events/event-bus.ts';
import type { Logger } from '../observability/log/logger.ts';
import type { JobSettings } from './job-settings.ts';
import type { OutputStore } from './output/output-store.ts';
import type { JobRecord } from './record/job-record.ts';
import type { ExecuteJob } from './runs/job-run.ts';
import type { JobRunnerOptions } from './runs/job-runner.ts';
import type { JobStore } from './stores/job-store.ts';

export interface JobsOptions {
  readonly store: JobStore;
  readonly outputs: OutputStore;
  readonly leaseMs: number;
  readonly guardLease?: JobRunnerOptions['guardLease'];
  readonly settings: () => JobSettings;
  readonly execute: ExecuteJob;
  /** How a client reads the output kept under this id. */
  readonly readHintOf: (id: string) => ReadHint;
  readonly busyTools: () => readonly string[];
  readonly events: EventBus;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** A job has ended of whose end no run knows. */
  readonly onEndedOutsideRun: (job: JobRecord) => void;
  /** @default systemClock */
  readonly clock?: Clock;
}
