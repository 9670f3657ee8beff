/** Responses that are not read, in words for the operator. */
import { sanitizeText } from '@mcp/tool-base';
import type { Dispatcher } from 'undici';

import { ConnectionError } from '../connection/connection-error.ts';

type Headers = Dispatcher.ResponseData['headers'];

/** The most frequent redirect is to the same address with a slash at its end. A query may hold a secret and is not repeated. */
export function redirected(url: URL, { location }: Headers): ConnectionError {
  const text = `The upstream at ${url.host} redirects${targetOf(url, location)}; redirects are not followed.`;
  return new ConnectionError('redirect', text, { mayHaveRun: false });
}

function targetOf(url: URL, location: Headers[string]): string {
  if (typeof location !== 'string' || !URL.canParse(location, url.href)) return '';
  const { origin, pathname } = new URL(location, url.href);
  return ` to ${sanitizeText(`${origin}${pathname}`.slice(0, 200)).text}. If that is the upstream, make it the url`;
}

/** @throws {ConnectionError} for a body that is compressed, which no request asks for */
export async function requirePlainBody({ headers, body }: Dispatcher.ResponseData): Promise<void> {
  const encoding = headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return;
  await body.dump();
  throw new ConnectionError('not_mcp', 'The upstream compresses its answers, although no request asks for it.', {
    mayHaveRun: true,
  });
}
