import { createInputRoundSeal, type InputRoundSeal } from '../client-input/request-state-codec.ts';
import type { ProtocolParts } from '../handoff/protocol-context.ts';
import { ResourceCatalog } from './resource-catalog.ts';

/** What every instance shares; see {@link completeParts}. */
export interface ProtocolServerParts extends Omit<ProtocolParts, 'resources'> {
  readonly resources: ResourceCatalog;
  readonly seal: InputRoundSeal;
}

/**
 * Once for all instances of an endpoint: a round sealed by one is opened by another.
 *
 * @throws Error for resources that share an address, and for an address template that is none
 */
export function completeParts(parts: ProtocolParts): ProtocolServerParts {
  return { ...parts, resources: new ResourceCatalog(parts.resources), seal: createInputRoundSeal() };
}
