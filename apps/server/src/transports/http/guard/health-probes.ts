/**
 * Health checks of load balancers. HAProxy's `option httpchk` sends `OPTIONS` by default, and HTTP/1.0 without Host. Both
 * are accepted for the open health routes, which show a status and nothing else.
 */
import type { RequestTarget } from './request-target.ts';

const HEALTH_PATHS: ReadonlySet<string> = new Set(['/health', '/health/live', '/health/ready', '/health/startup']);
const PROBE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const LIVENESS = '/health/live';

/** @param target a request target without a slash at the end of the path */
export function isHealthTarget(target: string): boolean {
  return HEALTH_PATHS.has(target.split('?', 1)[0] ?? '');
}

/** Whether the request may come without Host: a health check in HTTP/1.0. Browsers always send Host. */
export function mayOmitHost(method: string, { path }: RequestTarget, httpVersion: string | undefined): boolean {
  if (httpVersion !== '1.0' || !PROBE_METHODS.has(method)) return false;
  return HEALTH_PATHS.has(path) || isPlainCheck(method, path);
}

/**
 * The target that a health check with OPTIONS is answered for, as if it were GET.
 *
 * @returns undefined when the request is not a health check with OPTIONS
 */
export function optionsProbeTarget(method: string, { path, target }: RequestTarget): string | undefined {
  if (isPlainCheck(method, path)) return LIVENESS;
  return method === 'OPTIONS' && HEALTH_PATHS.has(path) ? target : undefined;
}

/** `OPTIONS /`: what HAProxy sends when no URI is configured. */
function isPlainCheck(method: string, path: string): boolean {
  return method === 'OPTIONS' && path === '/';
}
