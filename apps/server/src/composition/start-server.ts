import type { Tool } from '@mcp/tool-base';

import { runSetups } from '../modules/load-modules.ts';
import type { StdioStreams } from '../transports/mcp/stdio-lines.ts';
import type { ServerParts } from './build-parts.ts';
import type { StartedServer, ToolServerOptions } from './tool-server.ts';

/**
 * What has to be there before the first request, then the transports, then what takes longer than a client should wait.
 *
 * @throws {StartError} when the port cannot be bound
 */
export async function startServer(
  { store, modules }: Pick<ToolServerOptions, 'store' | 'modules'>,
  { access, observability, calls, cluster, mcp, upstreams, http }: ServerParts,
  stdio: StdioStreams,
): Promise<StartedServer> {
  const { server, metrics } = store.snapshot.values;
  await runSetups(modules.setups, mcp.moduleHost);
  await calls.jobs.start();
  // Before the first health check, so that an unreachable store shows in it.
  await observability.audit.checkStore();
  await cluster?.join();
  observability.health.start();
  const url = server.transport === 'http' ? await http.listen(server.port, await mcp.openHttp()) : undefined;
  if (url !== undefined) access.listensAt(url);
  const { prometheusPort } = metrics;
  const operationsUrl = prometheusPort === undefined ? undefined : await http.listenForOperations(prometheusPort);
  // Last: a client may send its first message as soon as stdin is read.
  if (server.transport === 'stdio') await mcp.openStdio(stdio);
  // After the transports are open, since loading their code takes longer than a client should wait.
  upstreams.apply(store.snapshot.values);
  const tools = calls.toolset.registry.list({ enabledOnly: true });
  const exampleTool = tools.find(takesNoArguments)?.name;
  return { url, operationsUrl, key: access.keyOrigin, tools: tools.map(({ name }) => name), exampleTool };
}

function takesNoArguments(tool: Tool): boolean {
  const { required = [] } = tool.inputJsonSchema as { readonly required?: readonly string[] };
  return tool.definition.targets.length === 0 && required.length === 0;
}
