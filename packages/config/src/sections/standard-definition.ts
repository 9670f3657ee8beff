import { defineConfig } from '../define-config.ts';
import type { FieldsOf } from '../fields/composite-fields.ts';
import type { CheckProblem, ConfigDefinition } from '../fields/definition.ts';
import { circuitBreakerSection } from './circuit-breaker-section.ts';
import { databaseSection } from './database-section.ts';
import { healthSection } from './health-section.ts';
import { loggingSection } from './logging-section.ts';
import { metricsSection } from './metrics-section.ts';
import { securitySection } from './security-section.ts';
import { serverSection } from './server-section.ts';
import type { StandardConfig } from './standard-config.ts';
import { toolSection } from './tool-section.ts';

/**
 * The eight sections, for a definition of one's own: keep a section as it is, or build a larger one from its keys with
 * `fieldsOf(standardSections.security)`.
 */
export const standardSections: FieldsOf<StandardConfig> = {
  database: databaseSection,
  security: securitySection,
  circuitBreaker: circuitBreakerSection,
  health: healthSection,
  metrics: metricsSection,
  logging: loggingSection,
  server: serverSection,
  tool: toolSection,
};

/** The eight sections as they are: a file of the Python server loads unchanged, and so do its variables. */
export const standardDefinition: ConfigDefinition<StandardConfig> = defineConfig<StandardConfig>(standardSections, {
  title: 'Server configuration',
  envPrefix: 'MCP',
  check: standardProblems,
});

/** The rule between sections, for the `check` of a definition of one's own: no default of tools exceeds the limit of all tools. */
export function standardProblems({ security, tool }: Pick<StandardConfig, 'security' | 'tool'>): CheckProblem[] {
  const pairs = [
    { key: 'defaultTimeout', value: tool.defaultTimeout, limit: 'timeoutSeconds', unit: ' s' },
    { key: 'defaultConcurrency', value: tool.defaultConcurrency, limit: 'concurrencyLimit', unit: '' },
  ] as const;
  return pairs.flatMap(({ key, value, limit, unit }) => {
    if (value <= security[limit]) return [];
    return [
      {
        path: ['tool', key],
        related: [['security', limit]],
        message: `(${value}${unit}) is above the ceiling security.${limit} (${security[limit]}${unit})`,
        suggestion: `lower it, or raise security.${limit}`,
      },
    ];
  });
}
