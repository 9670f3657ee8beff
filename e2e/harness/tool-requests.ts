/** Plain HTTP to the tools, as the holder of the key sends it. */
import { apiKey } from './server-process.ts';

export const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };

/** @param extra headers beside the usual ones, or instead of them */
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
