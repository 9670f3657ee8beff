import { scheduleOf } from '../check.ts';
import type { CheckDefinition, CheckOptions } from '../check.ts';

export interface Availability {
  readonly ok: boolean;
  readonly reason?: string | undefined;
}

export interface ToolCheckOptions extends CheckOptions {
  readonly name: string;
  /** Whether the tool could run now, found out without running it. */
  available(): boolean | Availability | Promise<boolean | Availability>;
  /** False for a tool that is switched off: it is then healthy, whatever it lacks. Default: on. */
  enabled?(): boolean;
}

/** Whether a tool's program is there. Informational by default: one missing tool is no reason to take a server out. */
export function toolCheck(options: ToolCheckOptions): CheckDefinition {
  return {
    ...scheduleOf(options, { priority: 'informational' }),
    name: options.name,
    measurement: 'availability',
    async run() {
      if (options.enabled?.() === false) return { status: 'healthy', message: 'switched off' };
      const answer = await options.available();
      const { ok, reason } = typeof answer === 'boolean' ? { ok: answer, reason: undefined } : answer;
      return {
        status: ok ? 'healthy' : 'unhealthy',
        observedValue: ok,
        source: 'tool',
        message: ok ? 'available' : `not available: ${reason ?? 'no reason given'}`,
      };
    },
  };
}
