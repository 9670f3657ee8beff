import { optionsWithDefaults } from '../check-definition.ts';
import type { CheckDefinition, CheckOptions } from '../check-definition.ts';
import { systemClock } from '../clock.ts';

export interface HttpCheckOptions extends CheckOptions {
  readonly name: string;
  /** `http:` or `https:`, without user and password. Redirects are not followed. */
  readonly url: string | URL;
  /** @default 'GET' */
  readonly method?: 'GET' | 'HEAD' | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Whether a status code is healthy. @default 200 to 399 */
  readonly accepts?: ((statusCode: number) => boolean) | undefined;
}

function checkedUrl(given: string | URL): URL {
  if (!URL.canParse(String(given)))
    throw new TypeError('httpCheck: url must be a full URL such as http://db.lab.internal:8080/health');
  const url = new URL(given);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new TypeError(`httpCheck: url must begin with http: or https:, got ${url.protocol}`);
  if (url.username !== '' || url.password !== '')
    throw new TypeError('httpCheck: url must not contain a user or password; use headers');
  return url;
}

/** Resolves when the headers have arrived. The body is not read and the connection closed, so that nothing outlives the check. */
function statusOf(url: URL, options: HttpCheckOptions, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    // Loaded here: an import would load TLS and all of `fetch` at the start of every program that uses this package.
    const { request: start } = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http');
    const { method = 'GET', headers = {} } = options;
    const request = start(url, { method, headers, agent: false, signal });
    request.once('error', reject);
    request.once('response', (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    request.end();
  });
}

/**
 * Whether an HTTP server answers with an accepted status, and the time until its headers arrived. Important by default.
 * @throws {TypeError} when the URL is not an http or https URL or contains credentials
 */
export function httpCheck(options: HttpCheckOptions): CheckDefinition {
  const { name, accepts = (code) => code >= 200 && code <= 399 } = options;
  const url = checkedUrl(options.url);
  return {
    ...optionsWithDefaults(options, { priority: 'important' }),
    name,
    measurement: 'responseTime',
    dependency: true,
    async run({ signal }) {
      const startedMs = systemClock.monotonicMs();
      const statusCode = await statusOf(url, options, signal);
      return {
        status: accepts(statusCode) ? 'healthy' : 'unhealthy',
        message: `answered with status ${statusCode}`,
        observedValue: Math.round((systemClock.monotonicMs() - startedMs) * 10) / 10,
        observedUnit: 'ms',
        source: 'node:http',
        metadata: { statusCode },
      };
    },
  };
}
