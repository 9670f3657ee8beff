import { group } from '../fields/composite-fields.ts';
import { duration } from '../fields/duration.ts';
import type { Field } from '../fields/field.ts';
import { choice } from '../fields/word-fields.ts';
import { integer } from '../fields/number-fields.ts';
import { text } from '../fields/text-fields.ts';
import type { ServerSettings } from './standard-config.ts';

const RELOAD = 'restart';

export const serverSection: Field<ServerSettings> = group<ServerSettings>(
  {
    host: text({ doc: 'The address to listen on.', maxLength: 253, default: '127.0.0.1', reload: RELOAD }),
    port: integer({
      doc: 'The port to listen on; 0 takes a free one.',
      min: 0,
      max: 65_535,
      default: 8080,
      reload: RELOAD,
    }),
    transport: choice(['stdio', 'http'], {
      doc: 'How MCP clients reach the server. Upper case is understood.',
      default: 'stdio',
      reload: RELOAD,
      spelling: (word) => word.toLowerCase(),
      otherNames: { sse: 'http', 'streamable-http': 'http', streamableHttp: 'http', https: 'http' },
    }),
    workers: integer({ doc: 'Processes that serve HTTP.', min: 1, max: 16, default: 1, reload: RELOAD }),
    maxConnections: integer({
      doc: 'Connections at the same time.',
      min: 1,
      max: 10_000,
      default: 100,
      reload: RELOAD,
    }),
    shutdownGracePeriod: duration({
      doc: 'How long running calls may go on after a signal to stop.',
      min: 0,
      max: 300,
      default: 30,
    }),
  },
  { doc: 'The listener.' },
);
