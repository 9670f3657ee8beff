import type { CheckProblem } from '../fields/definition.ts';
import { isLoopback } from './address.ts';
import type { ServerConfig } from './server-config.ts';

/** Rules between sections. */
export function serverProblems(config: ServerConfig): CheckProblem[] {
  return [...exposureProblems(config), ...ceilingProblems(config), ...keyProblems(config)];
}

/** What is allowed, but widens what a caller can do. */
export function serverNotices({ server, security, tools }: ServerConfig): string[] {
  const notices: string[] = [];
  if (security.auth === 'none')
    notices.push('security.auth is none: every local process and web page may try to call the tools');
  if (server.transport === 'http' && !isLoopback(server.host))
    notices.push(`the server listens on ${server.host}, which other machines can reach`);
  for (const [name, tool] of Object.entries(tools)) {
    if (tool.allowInterpreter) notices.push(`tools.${name} may run ${tool.command}, which can run anything`);
  }
  return notices;
}

function exposureProblems({ server, security }: ServerConfig): CheckProblem[] {
  if (security.auth !== 'none' || isLoopback(server.host)) return [];
  return [
    {
      path: ['security', 'auth'],
      related: [['server', 'host']],
      message: `must be 'required' while server.host is ${server.host}, which other machines can reach`,
      suggestion: 'set security.auth to required, or server.host to 127.0.0.1',
    },
  ];
}

/** No tool may ask for more than the ceilings. */
function ceilingProblems({ security, tool, tools }: ServerConfig): CheckProblem[] {
  const { timeoutSeconds, concurrencyLimit } = security;
  const wishes: {
    path: readonly string[];
    wish: number | undefined;
    ceiling: 'timeoutSeconds' | 'concurrencyLimit';
  }[] = [
    { path: ['tool', 'defaultTimeout'], wish: tool.defaultTimeout, ceiling: 'timeoutSeconds' },
    { path: ['tool', 'defaultConcurrency'], wish: tool.defaultConcurrency, ceiling: 'concurrencyLimit' },
  ];
  for (const [name, { timeout, concurrency }] of Object.entries(tools)) {
    wishes.push({ path: ['tools', name, 'timeout'], wish: timeout, ceiling: 'timeoutSeconds' });
    wishes.push({ path: ['tools', name, 'concurrency'], wish: concurrency, ceiling: 'concurrencyLimit' });
  }
  return wishes.flatMap(({ path, wish, ceiling }) => {
    const limit = ceiling === 'timeoutSeconds' ? timeoutSeconds : concurrencyLimit;
    if (wish === undefined || wish <= limit) return [];
    const unit = ceiling === 'timeoutSeconds' ? ' s' : '';
    return [
      {
        path,
        related: [['security', ceiling]],
        message: `(${wish}${unit}) is above the ceiling security.${ceiling} (${limit}${unit})`,
        suggestion: `lower it, or raise security.${ceiling}`,
      },
    ];
  });
}

/** Two names for one key could not be told apart in the audit trail. */
function keyProblems({ security }: ServerConfig): CheckProblem[] {
  const owners = new Map<string, string>();
  if (security.apiKey !== undefined) owners.set(security.apiKey.reveal(), 'security.apiKey');
  return security.apiKeys.flatMap(({ key }, index) => {
    const earlier = owners.get(key.reveal());
    owners.set(key.reveal(), `security.apiKeys[${index}].key`);
    if (earlier === undefined) return [];
    const path = ['security', 'apiKeys', String(index), 'key'];
    return [{ path, message: `is the same as ${earlier}`, suggestion: 'give every user a key of their own' }];
  });
}
