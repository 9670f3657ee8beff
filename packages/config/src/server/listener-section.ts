import { group } from '../fields/composite-fields.ts';
import { duration } from '../fields/duration.ts';
import type { Field } from '../fields/field.ts';
import { choice, integer } from '../fields/scalar-fields.ts';
import { isHostName, isIpv4, isIpv6 } from './address.ts';
import { checkedText } from './checked-text.ts';
import type { HttpServerConfig } from './server-config.ts';

export function listenerSection(): Field<HttpServerConfig> {
  const reload = 'restart';
  return group<HttpServerConfig>(
    {
      host: checkedText(
        { doc: 'The address to listen on. Off loopback, callers must authenticate.', default: '127.0.0.1', reload },
        'an IPv4 or IPv6 address or a host name',
        (host) => isIpv4(host) || isIpv6(host) || isHostName(host),
      ),
      port: integer({ doc: 'The port to listen on; 0 takes a free one.', min: 0, max: 65_535, default: 8080, reload }),
      transport: choice(['stdio', 'http'], { doc: 'How MCP clients reach the server.', default: 'stdio', reload }),
      workers: integer({ doc: 'Processes that serve HTTP.', min: 1, max: 16, default: 1, reload }),
      maxConnections: integer({ doc: 'Connections at the same time.', min: 1, max: 10_000, default: 100, reload }),
      maxConcurrentCalls: integer({
        doc: 'Calls of all tools together that may run or wait in a queue; one more is told to come back later.',
        min: 1,
        max: 10_000,
        default: 256,
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
}
