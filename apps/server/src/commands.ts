/** What the command line can ask for besides help. */
import { readFileSync } from 'node:fs';

import { ConfigError, renderDescription } from '@mcp/config';

import { GeneratedKeyError } from './access/generated-key.ts';
import type { ServeOptions } from './cli.ts';
import { loadConfiguration, planningToolset } from './configuration.ts';
import { diagnose } from './doctor/doctor.ts';
import { renderFindings } from './doctor/render.ts';
import { writeConfiguration } from './init/init.ts';
import { serve } from './serve.ts';
import { StartError } from './start-error.ts';
import { nameServersIn, renderAddressRules } from './systemd/address-rules.ts';

/** Prints every effective value with its origin. The tools are made too, so that what passes here also starts. */
export function runCheck(options: ServeOptions): Promise<number> {
  return explained(async () => {
    const { store } = await loadConfiguration(options);
    await using _ = store;
    process.stdout.write(`${renderDescription(store.describe())}\n`);
    return 0;
  });
}

export function runListTools(options: ServeOptions): Promise<number> {
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

export function runServe(options: ServeOptions): Promise<number> {
  return explained(() => serve(options));
}

export function runInit(file: string): Promise<number> {
  return explained(async () => {
    process.stdout.write(await writeConfiguration(file));
    return 0;
  });
}

/** Exit code 1 says that something is to be mended; advice alone is 0. */
export function runDoctor(options: ServeOptions, json: boolean): Promise<number> {
  return explained(async () => {
    const findings = await diagnose(options);
    const healthy = findings.every(({ level }) => level !== 'problem');
    process.stdout.write(json ? `${JSON.stringify({ ok: healthy, findings }, null, 2)}\n` : renderFindings(findings));
    return healthy ? 0 : 1;
  });
}

export function runSystemd(options: ServeOptions): Promise<number> {
  return explained(async () => {
    const { store } = await loadConfiguration(options);
    await using _ = store;
    const { security, server } = store.snapshot.values;
    const { allowedTargets, deniedTargets } = security;
    const listensOn = server.transport === 'http' ? server.host : undefined;
    process.stdout.write(renderAddressRules({ allowedTargets, deniedTargets, listensOn, nameServers: nameServers() }));
    return 0;
  });
}

function nameServers(): string[] {
  try {
    return nameServersIn(readFileSync('/etc/resolv.conf', 'utf8'));
  } catch {
    return [];
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
