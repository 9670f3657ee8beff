/** The commands that serve, and those that look at the configuration and the machine. Each loads its part when it runs. */
import { readFileSync } from 'node:fs';

import { noticeText, renderDescription } from '@mcp/config';
import type { Tool } from '@mcp/tool-base';

import {
  loadConfiguration,
  planningToolset,
  type Configuration,
  type ConfigurationSource,
} from '../composition/load-configuration.ts';
import { startLauncher } from '../composition/start-launcher.ts';
import { findingText } from '../upstreams/upstream-finding.ts';
import { pretty } from './call/render-result.ts';
import { invokedAs } from './invoked-as.ts';
import { reportOperatorErrors } from './report-errors.ts';
import { checkProcessFolder } from './doctor/process-folder.ts';
import { checkTemporaryFolder } from './temporary-folder.ts';
import { print, printError } from './print.ts';

/** Prints every effective value with its origin, and notices on standard error. What passes here also starts. */
export function runCheck(options: ConfigurationSource, live: boolean): Promise<number> {
  return reportOperatorErrors(async () => {
    const loaded = await loadConfiguration(options);
    const { store } = loaded;
    await using _ = store;
    print(`${renderDescription(store.describe())}\n`);
    for (const notice of store.notices) printError(`${noticeText(notice)}\n`);
    for (const tool of plannedTools(loaded)) {
      const { ok, reason } = tool.available();
      if (tool.enabled && !ok) printError(`tools.${tool.name} cannot run: ${reason ?? 'it is not available'}\n`);
    }
    const { values } = store.snapshot;
    if (Object.keys(values.upstreams).length > 0) {
      const { upstreamFindings } = await import('../upstreams/upstream-findings.ts');
      for (const finding of await upstreamFindings(values)) printError(`${findingText(finding)}\n`);
    }
    if (!live) return 0;
    const { checkUpstreams } = await import('./upstreams/run-upstreams.ts');
    const { text, exitCode } = await checkUpstreams(values, false);
    print(`\n${text}`);
    return exitCode;
  });
}

export function runListTools(options: ConfigurationSource): Promise<number> {
  return reportOperatorErrors(async () => {
    const loaded = await loadConfiguration(options);
    await using _ = loaded.store;
    for (const tool of plannedTools(loaded)) {
      const state = tool.enabled ? '' : ' (excluded by the configuration)';
      print(`${tool.name.padEnd(24)} ${tool.definition.description.split('\n', 1)[0]}${state}\n`);
    }
    return 0;
  });
}

function plannedTools({ store, modules, restTools }: Configuration): readonly Tool[] {
  const toolset = planningToolset({ modules, restTools });
  toolset.apply(toolset.plan(store.snapshot.values));
  return toolset.registry.list();
}

export function runServe(options: ConfigurationSource): Promise<number> {
  return reportOperatorErrors(async () => {
    checkTemporaryFolder();
    checkProcessFolder();
    // First, while this process is small: starting a program costs what the memory of its parent costs to copy.
    const [launcher, { serve }] = await Promise.all([startLauncher(), import('./serve.ts')]);
    return serve(options, launcher);
  });
}

export function runInit(file: string): Promise<number> {
  return reportOperatorErrors(async () => {
    const { writeConfiguration } = await import('./init/init.ts');
    print(await writeConfiguration(file, invokedAs(process.argv, process.env, process.argv0)));
    return 0;
  });
}

export function runApisCheck(file: string): Promise<number> {
  return reportOperatorErrors(async () => {
    const { checkDocument } = await import('./apis/check-document.ts');
    print(await checkDocument(file));
    return 0;
  });
}

/** Exit code 1 for problems; warnings alone are 0. */
export function runDoctor(options: ConfigurationSource, json: boolean): Promise<number> {
  return reportOperatorErrors(async () => {
    const [{ diagnose }, { renderFindings }] = await Promise.all([
      import('./doctor/doctor.ts'),
      import('./doctor/render.ts'),
    ]);
    const findings = await diagnose(options);
    const healthy = findings.every(({ level }) => level !== 'problem');
    print(json ? pretty({ ok: healthy, findings }) : renderFindings(findings));
    return healthy ? 0 : 1;
  });
}

export function runSystemd(options: ConfigurationSource): Promise<number> {
  return reportOperatorErrors(async () => {
    const { nameServersIn, renderAddressRules } = await import('./doctor/address-rules.ts');
    const { store } = await loadConfiguration(options);
    await using _ = store;
    const { security, server } = store.snapshot.values;
    const { allowedTargets, deniedTargets } = security;
    const listensOn = server.transport === 'http' ? server.host : undefined;
    print(renderAddressRules({ allowedTargets, deniedTargets, listensOn, nameServers: nameServersIn(resolverFile()) }));
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
