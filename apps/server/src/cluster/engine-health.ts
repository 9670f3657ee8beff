import type { EngineHealth } from './engine.ts';

/** What the engine says of its memory; read with every join. */
export interface EngineMemory {
  /** 'noeviction', or a policy by which a full engine loses keys. */
  readonly policy: string;
  readonly usedBytes: number;
  /** 0: no limit. */
  readonly maxBytes: number;
}

export interface EngineFacts {
  readonly up: boolean;
  /** Why it is down, as part of a sentence. */
  readonly downReason: string | undefined;
  readonly failures: number;
  readonly latencyMs: number | undefined;
  readonly memory: EngineMemory | undefined;
  /** Clock of the engine minus clock of this machine. */
  readonly clockDifferenceMs: number;
  /** Milliseconds since the stream of changes last answered. */
  readonly silentMs: number;
  /** Servers with other secrets use the same name. */
  readonly hasStrangers: boolean;
}

const MAX_CLOCK_DIFFERENCE_MS = 2000;
const MAX_SILENT_MS = 5000;
const MAX_FULL = 0.8;

/** @param info reply of INFO memory */
export function readMemory(info: string): EngineMemory {
  const facts = new Map<string, string>();
  for (const line of info.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) facts.set(line.slice(0, colon), line.slice(colon + 1));
  }
  return {
    policy: facts.get('maxmemory_policy') ?? 'noeviction',
    usedBytes: Number(facts.get('used_memory') ?? 0),
    maxBytes: Number(facts.get('maxmemory') ?? 0),
  };
}

/** Why the engine may lose what it must keep; undefined when it does not. */
function memoryProblem({ policy, usedBytes, maxBytes }: EngineMemory): string | undefined {
  if (policy !== 'noeviction') {
    return `The engine may evict keys (maxmemory-policy ${policy}): switches, limits and ended sessions would be lost. Set noeviction.`;
  }
  if (maxBytes > 0 && usedBytes > MAX_FULL * maxBytes) {
    return `The memory of the engine is ${Math.floor((100 * usedBytes) / maxBytes)} % full; when it is full, nothing is shared any more.`;
  }
  return undefined;
}

export function engineHealth(facts: EngineFacts): EngineHealth {
  const { failures, latencyMs } = facts;
  const message = problemOf(facts);
  const measured = { failures, latencyMs };
  return message === undefined ? { status: 'healthy', ...measured } : { status: 'degraded', message, ...measured };
}

function problemOf({
  up,
  downReason = 'it does not answer',
  memory,
  clockDifferenceMs,
  silentMs,
  hasStrangers,
}: EngineFacts): string | undefined {
  if (!up)
    return `The engine of the cluster is down: ${downReason}. Each server goes on with what it knows and its share of the limits.`;
  if (hasStrangers) return 'Servers with other cluster.secrets use the same cluster.name.';
  if (silentMs > MAX_SILENT_MS) return 'Changes of other servers do not arrive.';
  const trouble = memory && memoryProblem(memory);
  if (trouble !== undefined) return trouble;
  if (Math.abs(clockDifferenceMs) <= MAX_CLOCK_DIFFERENCE_MS) return undefined;
  return `The clock differs from that of the engine by ${Math.round(clockDifferenceMs / 1000)} s.`;
}
