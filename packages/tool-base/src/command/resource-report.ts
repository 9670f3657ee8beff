/** What a tool's programs may use, and whether this machine holds them to it. */

import type { Availability, ResourceReport, ResourceLimit } from '../declare/tool-definition.ts';
import { effectiveLimits, hasLimits, limitSupport } from '../launcher/resource-limits.ts';
import { resourceLimitsOf, type CommandToolSpec } from './command-spec.ts';

/** Limits that no kernel of this machine holds are shown as such. */
export function resourceReport(spec: CommandToolSpec, timeoutMs: number): ResourceReport {
  const limits = resourceLimitsOf(spec, timeoutMs);
  const effective = effectiveLimits(limits);
  const limit = (wanted: number | undefined, held: number | undefined): ResourceLimit => ({
    limit: held ?? wanted ?? null,
    enforcedBy: held === undefined ? 'nothing' : 'rlimit',
  });
  return {
    memory: limit(limits.memoryBytes, effective.memoryBytes),
    fileSize: limit(limits.fileBytes, effective.fileBytes),
    cpuTime: limit(limits.cpuSeconds, effective.cpuSeconds),
    openFiles: limit(limits.openFiles, effective.openFiles),
    processes: limit(limits.processes, effective.processes),
  };
}

const NO_PRLIMIT_REASON =
  'Its resource limits cannot be enforced, because prlimit is missing: install util-linux, or set each of its resources to none.';

/** Never available with fewer limits than were asked for. */
export function limitsAvailable(spec: CommandToolSpec): Availability {
  const needsPrlimit = limitSupport() === 'missing' && hasLimits(resourceLimitsOf(spec, 1000));
  return needsPrlimit ? { ok: false, reason: NO_PRLIMIT_REASON } : { ok: true };
}
