import type { Mechanism, SandboxLevel } from './level.ts';
import type { SandboxProfile } from './profile.ts';

/** What keeps programs to the network of their profile. */
export interface HeldNetwork {
  /**
   * `namespace`: an empty network; `filter`: no sockets; `pod`: a network of its own with a packet filter; `unit`: address rules
   * around the server, as of systemd; `text`: the check of arguments alone.
   */
  readonly by: 'namespace' | 'filter' | 'pod' | 'unit' | 'text';
  /** Why it is not `pod`, one for each way that was tried. */
  readonly below: readonly string[];
}

/** How the programs of a profile are confined now, as observed from inside. */
export interface SandboxStatus {
  /** `undefined` while no helper of the profile could be started; its tools are then unavailable. */
  readonly level: SandboxLevel | undefined;
  readonly mechanism: Mechanism;
  /** Why it is not stronger, from the strongest level that was tried; empty when the first one held. */
  readonly below: readonly string[];
  readonly network: HeldNetwork;
  readonly profile: SandboxProfile;
  /** Name of the user that programs run as, where it is not the server's. */
  readonly user: string | undefined;
}

export type SandboxEvent =
  | { readonly type: 'ready'; readonly status: SandboxStatus }
  /** One mechanism could not be used or did not hold. */
  | {
      readonly type: 'failed';
      readonly mechanism: Mechanism | 'pod';
      readonly reason: string;
      readonly profile: SandboxProfile;
    }
  /** Another level than before, or its network is held by something else. */
  | {
      readonly type: 'changed';
      readonly before: Pick<SandboxStatus, 'level' | 'network'>;
      readonly status: SandboxStatus;
    };
