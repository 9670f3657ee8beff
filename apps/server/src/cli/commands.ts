/** What the command line can ask for besides help. Each loads its own part of the server when it is asked for. */
import { readFileSync } from 'node:fs';

import { ConfigError, noticeText, renderDescription } from '@mcp/config';
import { createLauncher } from '@mcp/tool-base';

import { GeneratedKeyError } from '../access/generated-key.ts';
import { loadConfiguration, planningToolset, type ConfigurationSource } from '../composition/load-configuration.ts';
import { StartError } from '../start-error.ts';

/**
 * Prints every effective value with its origin, and on standard error what is worth a remark. The tools are made too, so
 * that what passes here also starts.
 */
export function runCheck(options: ConfigurationSource): Promise<number> {
  return explained(async () => {
    const { store } = await loadConfiguration(options);
    await using _ = store;
    process.stdout.write(`${renderDescription(store.describe())}\n`);
    for (const notice of store.notices) process.stderr.write(`${noticeText(notice)}\n`);
    return 0;
  });
}

export function runListTools(options: ConfigurationSource): Promise<number> {
  return explained(async () => {
    const { store, modules } = await loadConfiguration(options);
    await using _ = store;
    const toolset = planningToolset(modules);
    toolset.apply(toolset.plan(store.snapshot.values));
    for (const tool of toolset.registry.list()) {
      const state = tool.enabled ? '' : ' (excluded by the configuration)';
      process.stdout.write(`${tool.name.padEnd(24)} ${tool.definition.description.split('\n', 1)[0]}${state}\n`);
    }
    return 0;
  });
}

export function runServe(options: ConfigurationSource): Promise<number> {
  return explained(async () => {
    // First of all, while this process is small: every program is later started from the launcher's memory, not from ours.
    const launching = createLauncher();
    const { serve } = await import('./serve.ts');
    return serve(options, await launching);
  });
}

export function runInit(file: string): Promise<number> {
  return explained(async () => {
    const { writeConfiguration } = await import('./init/init.ts');
    // npx says so; a package that is installed in a folder has no program on the PATH.
    const program = process.env['npm_command'] === 'exec' ? 'npx mcp-server' : 'mcp-server';
    process.stdout.write(await writeConfiguration(file, program));
    return 0;
  });
}

/** Exit code 1 says that something is to be mended; advice alone is 0. */
export function runDoctor(options: ConfigurationSource, json: boolean): Promise<number> {
  return explained(async () => {
    const [{ diagnose }, { renderFindings }] = await Promise.all([
      import('./doctor/doctor.ts'),
      import('./doctor/render.ts'),
    ]);
    const findings = await diagnose(options);
    const healthy = findings.every(({ level }) => level !== 'problem');
    process.stdout.write(json ? `${JSON.stringify({ ok: healthy, findings }, null, 2)}\n` : renderFindings(findings));
    return healthy ? 0 : 1;
  });
}

export function runSystemd(options: ConfigurationSource): Promise<number> {
  return explained(async () => {
    const { nameServersIn, renderAddressRules } = await import('./doctor/address-rules.ts');
    const { store } = await loadConfiguration(options);
    await using _ = store;
    const { security, server } = store.snapshot.values;
    const { allowedTargets, deniedTargets } = security;
    const listensOn = server.transport === 'http' ? server.host : undefined;
    process.stdout.write(
      renderAddressRules({ allowedTargets, deniedTargets, listensOn, nameServers: nameServersIn(resolverFile()) }),
    );
    return 0;
  });
}

function resolverFile(): string {
  try {
    return readFileSync('/etc/resolv.conf', 'utf8');
  } catch {
    return '';
  }
}

/** Turns what an operator can mend into a message and exit code 1; anything else is a defect and keeps its stack. */
async function explained(run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ConfigError || error instanceof StartError || error instanceof GeneratedKeyError) {
      process.stderr.write(`mcp-server: ${error.message}\n`);
      return 1;
    }
    throw error;
  }
}
