import { toCallToolResult } from '@mcp/tool-base';

import { localPrincipal } from '../../access/principal.ts';
import { openInProcessTools } from '../../composition/in-process-tools.ts';
import { loadConfiguration, type ConfigurationSource } from '../../composition/load-configuration.ts';
import { startLauncher } from '../../composition/start-launcher.ts';
import { openLog } from '../../observability/log/logger.ts';
import { openTracer } from '../../observability/tracing/open-tracer.ts';
import type { ToolSource } from './tool-source.ts';

/**
 * The tools of the configuration, in this process: same checks, limits and audit log as in the server. Log lines below `error`
 * are dropped, and the log file of the server is not touched.
 *
 * @throws {ConfigError} when the configuration cannot be loaded
 * @throws {StartError} when the setup of a module fails
 */
export async function openInProcessSource(options: ConfigurationSource): Promise<ToolSource> {
  // First, while this process is small: starting a program costs what the memory of its parent costs to copy.
  const launching = startLauncher();
  // It may fail before it is awaited.
  launching.catch(() => {});
  // No key is needed here, so none may be generated for the HTTP transport.
  const stdio = { path: 'server.transport', flag: '--local', value: 'stdio' };
  const { store, modules, restTools } = await loadConfiguration({ ...options, flags: [...options.flags, stdio] }).catch(
    async (error: unknown) => {
      await (await launching)[Symbol.asyncDispose]();
      throw error;
    },
  );
  const { maxFileSize, backupCount, format } = store.snapshot.values.logging;
  const { logger, flush } = await openLog({ level: 'error', format, maxFileSize, backupCount });
  process.once('exit', flush);
  const tracer = await openTracer(process.env, logger);
  const tools = await openInProcessTools({
    store,
    modules,
    restTools,
    logger,
    tracer,
    launcher: await launching,
  });
  const { gateway, toolset } = tools;
  const principal = localPrincipal('cli');
  return {
    description: 'this process',
    inputSchema: (name) => Promise.resolve(gateway.list(principal).find((tool) => tool.name === name)?.inputJsonSchema),
    list: () =>
      Promise.resolve(
        gateway.registry.list().map((tool) => ({ ...tool.info(), excluded: toolset.isExcluded(tool.name) })),
      ),
    async call({ tool, arguments: values, onProgress, signal }) {
      const result = await gateway.call({ name: tool, arguments: values, principal, onProgress, signal });
      return toCallToolResult(result, gateway.toolOf(tool, values));
    },
    [Symbol.asyncDispose]: () => tools[Symbol.asyncDispose](),
  };
}
