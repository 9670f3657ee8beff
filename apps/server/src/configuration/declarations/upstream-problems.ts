/** What is wrong with an upstream that no single key shows. */
import type { GroupProblem } from '@mcp/config';
import { isLoopbackHost } from '@mcp/tool-base';

import type { UpstreamConfig } from '../shape/upstream-config.ts';

export function plaintextProblems({ url, egress }: UpstreamConfig): GroupProblem[] {
  if (url === undefined) return [];
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:' || egress?.plaintext === true || isLoopbackHost(hostname.replaceAll(/[[\]]/g, '')))
    return [];
  return [
    {
      path: ['url'],
      message: 'would send credentials and arguments in clear text',
      suggestion: 'use https, or set egress.plaintext: true in a network that you trust',
    },
  ];
}

/** A header that is given twice would be sent twice. */
export function headerProblems({ headers, auth }: UpstreamConfig): GroupProblem[] {
  const names = Object.keys(headers);
  return names.flatMap((name, at) => {
    const path = ['headers', name];
    const same = names.slice(0, at).find((other) => other.toLowerCase() === name.toLowerCase());
    if (same !== undefined) return [{ path, message: `is the same header as ${same}`, suggestion: 'keep one of them' }];
    if (name.toLowerCase() !== 'authorization' || auth === undefined || auth.type === 'none') return [];
    return [{ path, message: 'is set by auth as well', suggestion: 'keep one of them' }];
  });
}

/** Both tools would be withheld. */
export function renameProblems({ tools }: UpstreamConfig): GroupProblem[] {
  const entries = Object.entries(tools?.rename ?? {});
  return entries.flatMap(([tool, name], at) => {
    const [same] = entries.slice(0, at).find(([, other]) => other === name) ?? [];
    if (same === undefined) return [];
    const path = ['tools', 'rename', tool];
    return [{ path, message: `is the name that ${same} is given too`, suggestion: 'give each tool a name of its own' }];
  });
}
