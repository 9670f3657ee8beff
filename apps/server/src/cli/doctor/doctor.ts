/**
 * `mcp-server doctor`: checks the machine and a configuration as a start would, and changes nothing.
 *
 *   machine -> configuration -> files -> ports -> cluster -> policy -> tools -> upstreams
 */
import { tmpdir } from 'node:os';

import type { Tool } from '@mcp/tool-base';
import { ConfigError, noticeText, type ConfigStore } from '@mcp/config';

import { healthCheckLimits } from '../../configuration/settings/resource-limits.ts';
import { healthCheckSandboxes } from '../../configuration/settings/sandbox-request.ts';
import { upstreamSandboxes } from '../../configuration/settings/upstream-program.ts';
import type { ServerConfig } from '../../configuration/shape/server-config.ts';
import { errorCode } from '../../foundation/error-code.ts';
import { loadConfiguration, planningToolset, type ConfigurationSource } from '../../composition/load-configuration.ts';
import { checkCluster } from './cluster-checks.ts';
import { logInFailure } from './log-in-failure.ts';
import { checkAudit, checkConfigFile, checkKeyFile, checkLog } from './file-checks.ts';
import { warning, problem, type Finding } from './finding.ts';
import { thisMachine, type Machine } from './machine.ts';
import {
  checkNode,
  checkOpenFiles,
  checkProcessFolder,
  checkProgramStart,
  checkTemporaryFolder,
  checkUser,
} from './machine-checks.ts';
import { checkPathFolders } from './path-checks.ts';
import { checkAccess, checkIntrusive, checkTargets } from './policy-checks.ts';
import { checkPorts } from './port-checks.ts';
import { checkSandboxes, checkStrongestSandbox } from './sandbox-checks.ts';
import { checkApprovers, checkToolScopes } from './scope-checks.ts';
import { checkDeclarations, checkPassedVariables, checkPatterns, checkPrograms } from './tool-checks.ts';
import { checkUpstreams } from './upstream-checks.ts';

export async function diagnose(options: ConfigurationSource, machine: Machine = thisMachine()): Promise<Finding[]> {
  const machineFindings = [
    checkNode(machine),
    checkUser(machine),
    checkTemporaryFolder(machine, tmpdir()),
    ...checkProcessFolder(machine),
  ];
  try {
    const { store, modules, restTools, file } = await loadConfiguration(options);
    await using _ = store;
    const { values } = store.snapshot;
    const planned = planningToolset({ modules, restTools }).plan(values).tools;
    const tools = planned.filter(({ excluded }) => !excluded).map(({ tool }) => tool);
    return [
      ...machineFindings,
      ...(await configurationFindings(file, machine, store)),
      ...checkPatterns(
        values,
        planned.map(({ tool }) => tool.name),
      ),
      ...checkPrograms(tools),
      ...(await checkUpstreams(values)),
      ...(await sandboxFindings(machine, values, tools)),
    ];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const found = problem(
      'configuration',
      error.message,
      'Correct the file, then run the doctor again for the other checks.',
    );
    return [...machineFindings, found];
  }
}

/** A machine on which none can be tried has another problem as well, which is found by itself. */
async function sandboxFindings(...of: Parameters<typeof triedSandboxes>): Promise<Finding[]> {
  try {
    return await triedSandboxes(...of);
  } catch (error) {
    const action = 'Correct the other problems, then run the doctor again.';
    return [problem('sandbox', `Sandboxes cannot be tried here (${errorCode(error)}).`, action)];
  }
}

async function triedSandboxes(machine: Machine, config: ServerConfig, tools: readonly Tool[]): Promise<Finding[]> {
  const { sandbox } = config;
  const otherPrograms = [...healthCheckSandboxes(config), ...upstreamSandboxes(config)].map(([name, request]) => ({
    name,
    definition: { sandbox: request },
  }));
  const tried = await machine.trySandboxes(sandbox, [...tools, ...otherPrograms]);
  const findings = checkSandboxes(tried, machine.uid);
  // A tool that is confined shows what this machine can do.
  if (tried.some(({ status: { profile } }) => profile.mode === 'auto')) return findings;
  return [...findings, checkStrongestSandbox(await machine.strongestSandbox(sandbox))];
}

async function configurationFindings(
  file: string | undefined,
  machine: Machine,
  store: ConfigStore<ServerConfig>,
): Promise<Finding[]> {
  const { values } = store.snapshot;
  return [
    checkConfigFile(machine, file, values),
    ...store.notices.map((notice) => warning('configuration', noticeText(notice), 'Change it if it was not intended.')),
    await checkProgramStart(machine, healthCheckLimits(values)),
    checkKeyFile(machine, values, process.env),
    checkLog(machine, values),
    await checkAudit(machine, values, logInFailure),
    checkOpenFiles(machine, {
      maxConnections: values.server.maxConnections,
      concurrency: values.security.concurrencyLimit,
    }),
    ...(await checkPorts(machine, values)),
    ...(await checkCluster(values)),
    ...checkTargets(values),
    ...checkAccess(values),
    ...checkToolScopes(values),
    ...checkApprovers(values),
    checkIntrusive(values),
    ...checkDeclarations(values),
    ...checkPassedVariables(values, process.env),
    ...checkPathFolders(machine, values),
  ];
}
