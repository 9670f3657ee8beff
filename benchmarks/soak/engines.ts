/** The Redis and the PostgreSQL that the servers of an endurance run share: started by it, and what they hold. */
import { canRunPostgres, PostgresServer } from '../../e2e/harness/postgres-server.ts';
import { canRunRedis, RedisProcess } from '../../e2e/harness/redis-process.ts';
import { AUDIT_ENTRIES } from './configuration.ts';

export interface EngineSample {
  /** To PostgreSQL, of each server: a pool grows to its limit with the first moment that needs it, and stays so. */
  readonly connections: readonly number[];
  readonly redisMb: number;
  readonly redisKeys: number;
  readonly jobs: number;
  readonly openJobs: number;
  /** Jobs that ended with anything but a result or a cancellation. */
  readonly failedJobs: number;
  /** Jobs that should have been removed ten seconds ago. */
  readonly overdueJobs: number;
  /** Pieces of output whose job is gone. */
  readonly lostPieces: number;
  readonly auditEntries: number;
  /** Audit entries beyond those that are kept, made before the last two prunings. */
  readonly overdueEntries: number;
}

/** Why there is one server only; empty when all that several servers need is installed. */
export const missingEngines: string = [canRunRedis ? '' : 'redis-server', canRunPostgres ? '' : 'PostgreSQL']
  .filter(Boolean)
  .join(' and ');

export class Engines implements AsyncDisposable {
  readonly #redis: RedisProcess;
  readonly #postgres: PostgresServer;

  private constructor(redis: RedisProcess, postgres: PostgresServer) {
    this.#redis = redis;
    this.#postgres = postgres;
  }

  static async start(): Promise<Engines> {
    return new Engines(await RedisProcess.start(), await new PostgresServer().start());
  }

  /** For the server of this number. */
  environment(index: number): Readonly<Record<string, string>> {
    return {
      MCP_CLUSTER_URL: this.#redis.url,
      MCP_CLUSTER_SECRETS: 'c0ffee5a2d4e8907734ab12cd56ef9081d3e4f5a',
      MCP_CLUSTER_REPLICA: nameOf(index),
      MCP_DATABASE_URL: `${this.#postgres.url}?application_name=${nameOf(index)}`,
    };
  }

  sample(): EngineSample {
    const usedBytes = Number(
      /used_memory:(?<bytes>\d+)/.exec(this.#redis.command('info', 'memory'))?.groups?.['bytes'],
    );
    const counts = this.#postgres.query(COUNTS).trim().split('|').map(Number);
    const [jobs = 0, openJobs = 0, failedJobs = 0, overdueJobs = 0, lostPieces = 0, auditEntries = 0] = counts;
    const [oldEntries = 0, ...connections] = counts.slice(6);
    return {
      connections,
      redisMb: usedBytes / 1e6,
      redisKeys: Number(this.#redis.command('dbsize')),
      jobs,
      openJobs,
      failedJobs,
      overdueJobs,
      lostPieces,
      auditEntries,
      overdueEntries: Math.max(0, oldEntries - AUDIT_ENTRIES),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#redis[Symbol.asyncDispose](), this.#postgres[Symbol.asyncDispose]()]);
  }
}

const NOW = 'extract(epoch from now()) * 1000';
const COUNTS = `SELECT
  (SELECT count(*) FROM mcp_jobs),
  (SELECT count(*) FROM mcp_jobs WHERE expires_at = 0),
  (SELECT count(*) FROM mcp_jobs WHERE expires_at > 0 AND state NOT IN ('completed', 'cancelled')),
  (SELECT count(*) FROM mcp_jobs WHERE expires_at > 0 AND expires_at < ${NOW} - 10000),
  (SELECT count(*) FROM mcp_job_output o WHERE NOT EXISTS (SELECT 1 FROM mcp_jobs j WHERE j.id = o.id)),
  (SELECT count(*) FROM mcp_audit),
  (SELECT count(*) FROM mcp_audit WHERE at < now() - interval '21 minutes'),
  (SELECT count(*) FROM pg_stat_activity WHERE application_name = '${nameOf(0)}'),
  (SELECT count(*) FROM pg_stat_activity WHERE application_name = '${nameOf(1)}')`;

function nameOf(index: number): string {
  return `soak-${index}`;
}
