import type { CheckProblem } from '@mcp/config';

import { INTRUSIVE_PRESETS } from '../fields/preset-names.ts';
import type { ServerConfig } from '../shape/server-config.ts';

/** A preset that is named is offered, or else the operator is given the reason. */
export function presetProblems({ presets = [], security }: Pick<ServerConfig, 'presets' | 'security'>): CheckProblem[] {
  if (security.allowIntrusive) return [];
  const intrusive = presets.filter((name) => INTRUSIVE_PRESETS.has(name));
  return intrusive.map((name) => ({
    path: ['presets', String(presets.indexOf(name))],
    related: [['security', 'allowIntrusive']],
    message: `(${name}) scans networks, which security.allowIntrusive does not allow`,
    suggestion: 'remove it, or set security.allowIntrusive to true',
  }));
}
