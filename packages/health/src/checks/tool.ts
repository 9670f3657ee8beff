import { optionsWithDefaults } from '../check-definition.ts';
import type { CheckDefinition, CheckOptions } from '../check-definition.ts';

export interface Availability {
  readonly ok: boolean;
  readonly reason?: string | undefined;
}

export interface ToolCheckOptions extends CheckOptions {
  readonly name: string;
  /** Whether the tool could run now; must not run it. */
  available(): boolean | Availability | Promise<boolean | Availability>;
  /** A disabled tool is healthy, available or not. @default () => true */
  enabled?(): boolean;
}

/** Whether a tool is available. Informational by default, since a server without one tool can still serve the others. */
export function toolCheck(options: ToolCheckOptions): CheckDefinition {
  return {
    ...optionsWithDefaults(options, { priority: 'informational' }),
    name: options.name,
    measurement: 'availability',
    async run() {
      if (options.enabled?.() === false) return { status: 'healthy', message: 'disabled' };
      const availability = await options.available();
      const { ok, reason } = typeof availability === 'boolean' ? { ok: availability, reason: undefined } : availability;
      return {
        status: ok ? 'healthy' : 'unhealthy',
        observedValue: ok,
        source: 'tool',
        message: ok ? 'available' : `not available: ${reason ?? 'no reason given'}`,
      };
    },
  };
}
