import { parseArgs } from 'node:util';

import type { ConfigurationSource } from '../../composition/load-configuration.ts';

export const UPSTREAM_ACTIONS = ['list', 'check', 'diff', 'approve'] as const;

/** What `mcp-server upstreams` should do. */
export interface UpstreamsCommand {
  readonly action: (typeof UPSTREAM_ACTIONS)[number];
  readonly options: ConfigurationSource;
  /** `approve`: the name that clients call; undefined: all that wait. */
  readonly tool: string | undefined;
  /** Only what the lock file has counts as approved, whatever the configuration says. */
  readonly locked: boolean;
}

export const UPSTREAMS_USAGE: string = `Usage: mcp-server upstreams list [--config FILE]
       mcp-server upstreams check [--locked] [--config FILE]
       mcp-server upstreams diff [--locked] [--config FILE]
       mcp-server upstreams approve [TOOL] [--config FILE]

Connects to the upstreams of the configuration from this process and reads their tools. Programs are started and ended again.
Only approve changes anything: the lock file, which a running server reads again within two seconds.

  list             the tools of each upstream
  check            the same, and what is wrong: for scripts, by its exit code
  diff             the tools and prompts that wait for approval, as they were approved and as they are now
  approve [TOOL]   approve a tool or prompt by the name that clients use, or all that wait

  --locked         only what the lock file has counts as approved; check then fails for every difference, also for a tool
                   that is gone. For continuous integration
  --config FILE    configuration file

Exit codes: 0 success; 1 an upstream cannot be read, differs from the lock file, or nothing of that name waits; 2 invalid command line.
`;

const options = { config: { type: 'string' }, locked: { type: 'boolean' } } as const;

/**
 * @param args the arguments after `upstreams`
 * @throws {Error} that says what is wrong with the command line
 */
export function parseUpstreams(args: readonly string[]): UpstreamsCommand {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const [word, tool, ...more] = positionals;
  const action = UPSTREAM_ACTIONS.find((each) => each === word);
  if (action === undefined) throw new Error('upstreams needs one of list, check, diff and approve');
  if (more.length > 0 || (tool !== undefined && action !== 'approve')) {
    throw new Error(`upstreams ${action} does not take ${JSON.stringify(more[0] ?? tool)}`);
  }
  if (values.locked && action !== 'check' && action !== 'diff') {
    throw new Error('--locked belongs to upstreams check and upstreams diff');
  }
  const source = { flags: [], ...(values.config !== undefined && { config: values.config }) };
  return { action, options: source, tool, locked: values.locked ?? false };
}
