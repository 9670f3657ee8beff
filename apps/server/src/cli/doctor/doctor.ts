/**
 * `mcp-server doctor`: looks at the machine and at a configuration as a start would, changes nothing, and says what to do.
 *
 *   the machine -> the configuration -> its files -> its tools -> its ports -> its policy
 */
import { connect } from 'node:net';

import { ConfigError, noticeText, type ConfigStore } from '@mcp/config';

import type { ServerConfig } from '../../configuration/server-config.ts';
import { loadConfiguration, planningToolset, type ConfigurationSource } from '../../composition/load-configuration.ts';
import { checkAudit, checkConfigFile, checkKeyFile, checkLog } from './file-checks.ts';
import { advice, problem, type Finding } from './finding.ts';
import { thisMachine, type Machine } from './machine.ts';
import { checkNode, checkOpenFiles, checkPrlimit, checkUser, checkUserNamespaces } from './machine-checks.ts';
import { checkAccess, checkIntrusive, checkTargets } from './policy-checks.ts';
import { checkPorts } from './port-checks.ts';
import { checkDeclarations, checkPrograms } from './tool-checks.ts';

/** How long a database may take to accept a connection. */
const CONNECT_TIMEOUT_MS = 2000;

export async function diagnose(options: ConfigurationSource, machine: Machine = thisMachine()): Promise<Finding[]> {
  const ofTheMachine = [checkNode(machine), checkUser(machine), checkPrlimit(machine), checkUserNamespaces(machine)];
  try {
    const { store, modules } = await loadConfiguration(options);
    await using _ = store;
    const tools = planningToolset(modules)
      .plan(store.snapshot.values)
      .tools.filter(({ excluded }) => !excluded);
    return [
      ...ofTheMachine,
      ...(await ofTheConfiguration(options, machine, store)),
      ...checkPrograms(tools.map(({ tool }) => tool)),
    ];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const found = problem('configuration', error.message, 'Correct the file, then run the doctor again for the rest.');
    return [...ofTheMachine, found];
  }
}

async function ofTheConfiguration(
  { config }: ConfigurationSource,
  machine: Machine,
  store: ConfigStore<ServerConfig>,
): Promise<Finding[]> {
  const { values } = store.snapshot;
  return [
    checkConfigFile(machine, config ?? process.env['MCP_CONFIG_FILE'], values),
    ...store.notices.map((notice) => advice('configuration', noticeText(notice), 'Change it, if it was not meant.')),
    checkKeyFile(machine, values, process.env),
    checkLog(machine, values),
    await checkAudit(machine, values, connects),
    checkOpenFiles(machine, {
      maxConnections: values.server.maxConnections,
      concurrency: values.security.concurrencyLimit,
    }),
    ...(await checkPorts(machine, values)),
    ...checkTargets(values),
    ...checkAccess(values),
    checkIntrusive(values),
    ...checkDeclarations(values),
  ];
}

function connects(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_TIMEOUT_MS });
    const answer = (reached: boolean): void => {
      socket.destroy();
      resolve(reached);
    };
    socket.once('connect', () => answer(true));
    socket.once('timeout', () => answer(false));
    socket.once('error', () => answer(false));
  });
}
