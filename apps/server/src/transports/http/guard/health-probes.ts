/**
 * Health checks of load balancers. HAProxy's `option httpchk` sends `OPTIONS` by default, and HTTP/1.0 without Host. Both
 * are accepted for the open health routes, which show a status and nothing else. Many name the server as only they know it: by the
 * address of a target, of a node or of a pod, or by the name of an upstream.
 */
import type { RequestTarget } from './request-target.ts';

const HEALTH_PATHS: ReadonlySet<string> = new Set(['/health', '/health/live', '/health/ready', '/health/startup']);
/** Without `/health`, which shows a caller with a key every check. */
const STATUS_PATHS: ReadonlySet<string> = new Set(['/health/live', '/health/ready', '/health/startup']);
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

/** Whether the request may name another host: what it shows is known to whoever can connect, and is all that a page could read. */
export function mayNameAnyHost(method: string, { path }: RequestTarget): boolean {
  return PROBE_METHODS.has(method) && STATUS_PATHS.has(path);
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
