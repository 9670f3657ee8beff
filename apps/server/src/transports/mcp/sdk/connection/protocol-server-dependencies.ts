import { randomBytes } from 'node:crypto';

import type { SealingSecrets } from '../../../../access/sealing-secrets.ts';
import { createInputStateCodec, type InputStateCodec } from '../../client-input/input-state-codec.ts';
import type { ProtocolDependencies } from '../../protocol/protocol-dependencies.ts';
import { ResourceCatalog } from './resource-catalog.ts';

/** What all protocol instances of an endpoint share; made by {@link createSharedDependencies}. */
export interface ProtocolServerDependencies extends Omit<ProtocolDependencies, 'resources'> {
  readonly resources: ResourceCatalog;
  readonly inputState: InputStateCodec;
}

/**
 * Called once for all instances of an endpoint: state that one of them sealed is opened by another.
 *
 * @param secrets seal the state; by default it ends with the process
 * @throws {Error} for two resources with the same URI, and for an invalid URI template
 */
export function createSharedDependencies(
  dependencies: ProtocolDependencies,
  secrets: SealingSecrets = [randomBytes(32)],
): ProtocolServerDependencies {
  return {
    ...dependencies,
    resources: new ResourceCatalog(dependencies.resources, dependencies.offeredResources, dependencies.contentLimit),
    inputState: createInputStateCodec(secrets),
  };
}
