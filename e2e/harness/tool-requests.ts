/** Plain HTTP requests to tools, with the key. */
import { apiKey } from './server-process.ts';

export const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };

/** @param extra headers in addition to the usual ones, or overriding them */
export async function execute(
  url: string,
  tool: string,
  values: object,
  extra: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${url}/tools/${tool}/execute`, {
    method: 'POST',
    headers: { ...headers, ...extra },
    body: JSON.stringify({ arguments: values }),
  });
}
