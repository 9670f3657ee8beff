/** Checks of what upstreams need on this machine; none is connected to, and no program is started. */
import type { ServerConfig } from '../../configuration/shape/server-config.ts';
import { upstreamFindings } from '../../upstreams/upstream-findings.ts';
import { ok, problem, type Finding } from './finding.ts';

export async function checkUpstreams(values: ServerConfig): Promise<Finding[]> {
  const count = Object.keys(values.upstreams).length;
  if (count === 0) return [];
  const findings = await upstreamFindings(values);
  if (findings.length === 0) {
    const message = `what ${count} of them need is there; mcp-server --check --live connects to them`;
    return [ok('upstreams', message)];
  }
  return findings.map((found) => problem('upstreams', `${found.setting}: ${found.problem}`, found.remedy));
}
