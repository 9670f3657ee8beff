/** The sandboxes that are measured, with the names of their rows. */

import type { SandboxLauncher, SandboxRequest } from '@mcp/tool-base';

const requestOf = (mode: SandboxRequest['mode'], more: Partial<SandboxRequest> = {}): SandboxRequest => ({
  mode,
  minimum: 'limits',
  read: [],
  write: [],
  network: mode === 'limits' ? 'host' : 'none',
  syscalls: mode === 'limits' ? 'off' : 'standard',
  ...more,
});

const TARGETS = { network: 'targets', targets: { allowed: ['10.0.0.0/8'], denied: [], dns: true } } as const;
/** In none of the targets, and for documentation: no packet arrives there, should one leave. */
export const DENIED_ADDRESS = '198.51.100.1';

export const SANDBOXES: ReadonlyMap<string, SandboxRequest> = new Map([
  ['limits', requestOf('limits')],
  ['files', requestOf('files')],
  ['full', requestOf('full')],
  ['full, in a pod', requestOf('full', TARGETS)],
]);

/** A level that does not hold on this machine is not measured. */
export function holds(launcher: SandboxLauncher, request: SandboxRequest): boolean {
  const status = launcher.sandboxOf(request);
  return status?.level === request.mode && (request.network !== 'targets' || status.network.by === 'pod');
}
