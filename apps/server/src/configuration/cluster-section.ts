/** What servers behind one load balancer share. */
import { group, list, secret, type Field } from '@mcp/config';

import type { ClusterConfig } from './server-config.ts';

/** Fewer different characters in 32 or more are a text that somebody typed. */
const MIN_DIFFERENT_CHARACTERS = 8;

export const clusterSection: Field<ClusterConfig> = group<ClusterConfig>(
  {
    secrets: list(
      secret({
        doc: 'A secret, for example from openssl rand -hex 32.',
        minLength: 32,
        maxLength: 512,
        // Without a comma, which separates the entries in a variable.
        pattern: /^[!-+\--~]+$/,
        expected: 'a random text of 32 to 512 visible ASCII characters without spaces and commas',
        accepts: (text) => new Set(text).size >= MIN_DIFFERENT_CHARACTERS,
      }),
      {
        doc: 'Seal session ids and the state of input requests. Servers with the same secrets continue what another of them began. The first seals, all open: to replace a secret, add the new one last on every server, then move it first, then remove the old. Unset: a secret that this machine keeps in a file.',
        default: [],
        maxItems: 3,
        unique: true,
        reload: 'restart',
      },
    ),
  },
  { doc: 'Several servers behind one load balancer.' },
);
