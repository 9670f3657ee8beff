import type { Candidate } from './candidate.ts';

/** What costs a call processor time. */
const SHOWN = ['logging.level', 'logging.filePath', 'database.url', 'metrics.enabled', 'security.auth'] as const;

interface ShownValue {
  readonly key: string;
  readonly value?: unknown;
  readonly origin: { readonly source: string };
}

/** `logging.level=info (default), ...`, as the server itself says; empty for a server without `/config`. */
export async function configurationOf({ port, apiKey, folder }: Candidate): Promise<string> {
  if (apiKey === undefined) return '';
  const headers = { authorization: `Bearer ${apiKey}` };
  const response = await fetch(`http://127.0.0.1:${port}/config`, { headers });
  const { values } = (await response.json()) as { readonly values: readonly ShownValue[] };
  return values
    .filter(({ key }) => SHOWN.some((shown) => shown === key))
    .map(({ key, value = 'unset', origin }) => {
      const text = String(value).replace(folder, 'FOLDER') || 'memory';
      return `${key}=${text}${origin.source === 'default' ? ' (default)' : ''}`;
    })
    .join(', ');
}
