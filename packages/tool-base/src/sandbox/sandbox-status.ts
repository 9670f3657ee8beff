import type { Mechanism, SandboxLevel } from './level.ts';
import type { SandboxProfile } from './profile.ts';

/** How the programs of a profile are confined now, as observed from inside. */
export interface SandboxStatus {
  /** `undefined` while no helper of the profile could be started; its tools are then unavailable. */
  readonly level: SandboxLevel | undefined;
  readonly mechanism: Mechanism;
  /** Why it is not stronger, from the strongest level that was tried; empty when the first one held. */
  readonly below: readonly string[];
  readonly profile: SandboxProfile;
  /** Name of the user that programs run as, where it is not the server's. */
  readonly user: string | undefined;
}

export type SandboxEvent =
  | { readonly type: 'ready'; readonly status: SandboxStatus }
  /** One mechanism could not be used or did not hold. */
  | {
      readonly type: 'failed';
      readonly mechanism: Mechanism;
      readonly reason: string;
      readonly profile: SandboxProfile;
    }
  /** Another level than before. */
  | { readonly type: 'changed'; readonly before: SandboxLevel | undefined; readonly status: SandboxStatus };
