/** Which addresses the host of an API may have. */

import { LOOPBACK_NETWORKS, METADATA_NETWORKS, PRIVATE_NETWORKS, TargetPolicy, type Resolver } from '@mcp/tool-base';
import type { ApiAddress, EgressRules } from './api-address.ts';

/** Every address but those that a target policy opens only where they are listed: loopback, link-local, metadata, multicast. */
const ANY_ADDRESS = ['0.0.0.0/0', '::/0'];

/** The one host of the API; private and loopback addresses only where the rules allow them, metadata addresses never. */
export function egressPolicy({ host }: ApiAddress, rules: EgressRules, resolver?: Resolver): TargetPolicy {
  const isAddress = /^[\d.]+$|:/.test(host);
  const named = isAddress ? [] : [host];
  const denied = [...(rules.denied ?? []), ...METADATA_NETWORKS];
  const resolving = resolver === undefined ? {} : { resolver };
  return rules.private === true
    ? new TargetPolicy({
        allowed: [...named, ...ANY_ADDRESS, ...PRIVATE_NETWORKS, ...LOOPBACK_NETWORKS],
        denied,
        denyOwnAddresses: false,
        ...resolving,
      })
    : new TargetPolicy({ allowed: [...named, ...ANY_ADDRESS], denied: [...denied, ...PRIVATE_NETWORKS], ...resolving });
}
