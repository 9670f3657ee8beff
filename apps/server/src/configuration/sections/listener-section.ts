import { choice, duration, fieldsOf, group, integer, standardSections, text, type Field } from '@mcp/config';

import { isHost } from '../fields/addresses.ts';
import { workersField } from '../fields/workers-field.ts';
import type { HttpServerConfig } from '../shape/server-config.ts';

const { port, transport, maxConnections, shutdownGracePeriod } = fieldsOf(standardSections.server);

/** What other programs understand as the address to listen on. */
function hostHint(text: string): string | undefined {
  if (['*', '0', '+', 'any', 'all'].includes(text))
    return 'write 0.0.0.0 for every IPv4 address of this machine, or :: for IPv6 too';
  if (/^\[.*\]$/.test(text)) return 'write the address without brackets';
  if (/^[a-z]+:\/\//i.test(text) || /:\d+$/.test(text)) return 'write the address alone; the port is server.port';
  return undefined;
}

export const listenerSection: Field<HttpServerConfig> = group<HttpServerConfig>(
  {
    host: text({
      doc: 'The address to listen on. Off loopback, callers must authenticate.',
      default: '127.0.0.1',
      reload: 'restart',
      expected: 'an IPv4 or IPv6 address or a host name',
      accepts: isHost,
      hint: hostHint,
    }),
    port,
    transport,
    workers: workersField,
    maxConnections,
    maxConcurrentCalls: integer({
      doc: 'Calls of all tools together that may run or wait in a queue; one more is rejected.',
      min: 1,
      max: 10_000,
      default: 256,
    }),
    sessions: choice(['sealed', 'none'], {
      doc: 'Sessions of 2025-era HTTP clients: `sealed` session ids survive a restart; with `none` there are no ids and no streams.',
      default: 'sealed',
      reload: 'restart',
    }),
    keepAliveTimeout: duration({
      doc: 'How long an idle connection stays open for the next request. Longer than the idle timeout of a load balancer in front, which is often 60 s.',
      min: 1,
      max: 3600,
      default: 65,
    }),
    drainDelay: duration({
      doc: 'How long the server still answers after a signal to stop, while it reports that it is not ready, so that a load balancer stops sending requests first; new connections are taken for three quarters of it. Over HTTP only; 0 stops at once.',
      min: 0,
      max: 300,
      default: 5,
    }),
    shutdownGracePeriod,
  },
  { doc: 'The listener.' },
);
