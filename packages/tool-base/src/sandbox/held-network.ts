import { deniedAddress } from './pod-plan.ts';
import { isConfined, type SandboxProfile } from './profile.ts';
import type { SandboxLevel } from './level.ts';
import { refusesPacket } from './refused-packet.ts';
import type { HeldNetwork } from './sandbox-status.ts';

/**
 * What keeps programs to the network of their profile without a pod.
 *
 * @param below why there is none
 */
export async function heldWithoutPod(
  level: SandboxLevel,
  { network, targets }: SandboxProfile,
  below: readonly string[] = [],
): Promise<HeldNetwork> {
  if (network === 'none' && isConfined(level)) return { by: level === 'full' ? 'namespace' : 'filter', below: [] };
  const address = targets && deniedAddress(targets);
  const byRule = address !== undefined && (await refusesPacket(address));
  const reasons = targets?.shared === undefined ? below : [targets.shared, ...below];
  return { by: byRule ? 'unit' : 'text', below: [...new Set(reasons)] };
}
