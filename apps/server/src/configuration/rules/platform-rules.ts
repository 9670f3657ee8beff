/** What the platform of this process cannot do. */
import type { CheckProblem } from '@mcp/config';

import type { ServerConfig } from '../shape/server-config.ts';
import { programsOf } from '../shape/tool-declaration.ts';

type Sources = 'tools' | 'presets' | 'upstreams';

export function platformProblems({ tools, presets, upstreams }: Pick<ServerConfig, Sources>): CheckProblem[] {
  if (process.platform !== 'win32') return [];
  const paths = [
    ...programsOf(tools).map(([name]) => ['tools', name, 'command']),
    ...Object.entries(upstreams).flatMap(([key, { command }]) =>
      command === undefined ? [] : [['upstreams', key, 'command']],
    ),
    ...(presets === undefined || presets.length === 0 ? [] : [['presets']]),
  ];
  return paths.map((path) => ({
    path,
    message: 'would start programs, which cannot be tools on Windows',
    suggestion: 'use HTTP tools, modules and upstreams with a URL, or run the server on Linux or macOS',
  }));
}
