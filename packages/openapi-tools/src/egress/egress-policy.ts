/** Which addresses the host of an API may have. */

import { LOOPBACK_NETWORKS, RFC1918_NETWORKS, TargetPolicy } from '@mcp/tool-base';
import type { ApiAddress, EgressRules } from './api-address.ts';

const PRIVATE_NETWORKS = [...RFC1918_NETWORKS, '100.64.0.0/10', 'fc00::/7'];
/** Every address but those that a target policy opens only where they are listed: loopback, link-local, metadata, multicast. */
const ANY_ADDRESS = ['0.0.0.0/0', '::/0'];

/** The one host of the API; private and loopback addresses only where the rules allow them, metadata addresses never. */
export function egressPolicy({ host }: ApiAddress, rules: EgressRules): TargetPolicy {
  const isAddress = /^[\d.]+$|:/.test(host);
  const named = isAddress ? [] : [host];
  const { denied = [] } = rules;
  return rules.private === true
    ? new TargetPolicy({
        allowed: [...named, ...ANY_ADDRESS, ...PRIVATE_NETWORKS, ...LOOPBACK_NETWORKS],
        denied,
        denyOwnAddresses: false,
      })
    : new TargetPolicy({ allowed: [...named, ...ANY_ADDRESS], denied: [...denied, ...PRIVATE_NETWORKS] });
}
