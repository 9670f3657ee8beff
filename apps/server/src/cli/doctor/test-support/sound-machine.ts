import type { Machine } from '../machine.ts';

/** A machine on which every check passes. */
export const soundMachine: Machine = {
  nodeVersion: 'v24.1.0',
  platform: 'linux',
  uid: 1000,
  home: '/home/mcp',
  read: () => undefined,
  stat: (path) => (['/', '/var', '/proc/self/fd'].includes(path) ? { mode: 0o755, uid: 0, folder: true } : undefined),
  writable: () => true,
  freeBytes: () => 1e12,
  program: (name) => `/usr/bin/${name}`,
  startFailure: () => Promise.resolve(undefined),
  listenFailure: () => Promise.resolve(undefined),
  trySandboxes: () => Promise.resolve([]),
  strongestSandbox: () => Promise.resolve(undefined),
};
