import os from 'node:os';

import { defineTool, type ToolDefinition } from '@mcp/tool-base';
import { toStandardJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';

/** `system_info`: the machine this server runs on, without names or addresses that would identify it elsewhere. */
export const systemInfo: ToolDefinition = defineTool({
  name: 'system_info',
  title: 'System information',
  description:
    'Report operating system, processors, load averages, memory and uptime of the machine this server runs on. Takes no arguments.',
  input: toStandardJsonSchema(v.strictObject({})),
  output: toStandardJsonSchema(
    v.object({
      platform: v.string(),
      release: v.string(),
      architecture: v.string(),
      processors: v.number(),
      loadAverage: v.object({ oneMinute: v.number(), fiveMinutes: v.number(), fifteenMinutes: v.number() }),
      memory: v.object({ totalBytes: v.number(), availableBytes: v.number() }),
      uptimeSeconds: v.number(),
      node: v.string(),
    }),
  ),
  annotations: { readOnlyHint: true, idempotentHint: true, destructiveHint: false, openWorldHint: false },
  limits: { timeoutMs: 5000 },
  run() {
    const [oneMinute = 0, fiveMinutes = 0, fifteenMinutes = 0] = os.loadavg();
    return {
      platform: os.platform(),
      release: os.release(),
      architecture: os.arch(),
      processors: os.availableParallelism(),
      loadAverage: { oneMinute, fiveMinutes, fifteenMinutes },
      memory: { totalBytes: os.totalmem(), availableBytes: process.availableMemory() },
      uptimeSeconds: Math.round(os.uptime()),
      node: process.version,
    };
  },
});
