import { readFileSync } from 'node:fs';

import { isLoopbackHost } from '@mcp/tool-base';

import { readGeneratedKey } from '../../access/generated-key.ts';
import { loadSettings } from '../../composition/load-configuration.ts';
import type { ServerConfig } from '../../configuration/shape/server-config.ts';
import { clientUrl } from '../../foundation/client-url.ts';
import { CommandError } from './command-error.ts';
import type { ServerChoice } from './parse-call.ts';
import type { ServerAddress } from './server-client.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The server to talk to, and the key for it. The keys of this machine are sent to servers on this machine only.
 *
 * @throws {CommandError} when the URL or the key file cannot be used
 * @throws {ConfigError} when the configuration is needed and cannot be loaded
 */
export async function serverAddress(
  { options, server, keyFile }: ServerChoice,
  env: Environment,
): Promise<ServerAddress & { readonly isNamed: boolean }> {
  const named = server ?? (env['MCP_CLI_SERVER'] || undefined);
  const key = keyFile === undefined ? env['MCP_CLI_KEY'] || undefined : keyIn(keyFile);
  if (named === undefined) {
    const values = await loadSettings(options);
    return { url: urlOf(values), key: key ?? localKey(values), isNamed: false };
  }
  const url = checkedUrl(named);
  const isLocal = isLoopbackHost(url.hostname.replaceAll(/[[\]]/gu, ''));
  return {
    url: url.href.replace(/\/(?:mcp\/?)?$/u, ''),
    key: key ?? (isLocal ? localKey(await loadSettings(options)) : undefined),
    isNamed: true,
  };
}

function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if ((url?.protocol === 'http:' || url?.protocol === 'https:') && url.username === '' && url.password === '')
    return url;
  throw new CommandError(2, '--server takes an http or https URL without a password, such as http://127.0.0.1:8080.');
}

function keyIn(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new CommandError(
      1,
      `The key file ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'}).`,
    );
  }
  if (/^[\x21-\x7e]{1,8192}$/u.test(text)) return text;
  throw new CommandError(1, `The key file ${file} does not contain one key.`);
}

function urlOf({ server }: ServerConfig): string {
  return clientUrl(server.host, server.port);
}

function localKey({ security }: ServerConfig): string | undefined {
  return security.apiKey?.reveal() ?? security.apiKeys[0]?.key.reveal() ?? readGeneratedKey()?.key;
}
