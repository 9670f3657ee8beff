/** The built-in tools. A new tool is a file in this folder and a line here. */
import type { ToolDefinition } from '@mcp/tool-base';

import { dnsLookup } from './dns-lookup.ts';
import { httpProbe } from './http-probe.ts';
import { systemInfo } from './system-info.ts';
import { tcpCheck } from './tcp-check.ts';
import { tlsInspect } from './tls-inspect.ts';

export const builtInTools: readonly ToolDefinition[] = [dnsLookup, tcpCheck, httpProbe, tlsInspect, systemInfo];
