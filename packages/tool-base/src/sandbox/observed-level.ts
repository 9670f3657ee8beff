import type { SandboxLevel } from './level.ts';
import type { SandboxProfile } from './profile.ts';
import type { SelfTestFacts } from './self-test.ts';

type Asked = Pick<SandboxProfile, 'network' | 'syscalls'>;

/**
 * What the self-test found that a level promises not to be so, one clause each.
 *
 * @returns nothing when the level holds
 */
export function brokenPromises(facts: SelfTestFacts, level: SandboxLevel, asked: Asked): readonly string[] {
  if (level === 'none' || level === 'limits') return [];
  const always: readonly (readonly [boolean, string])[] = [
    [facts.readsServerFile, 'a private file of the server can be read'],
    [facts.readsServerEnvironment, 'the environment of the server can be read'],
    [facts.writesServerFolder, 'a private folder of the server can be written'],
    [facts.writesSystemFolder, '/usr can be written'],
    [facts.writesKernelSettings, 'settings of the kernel can be written'],
    [!facts.noNewPrivileges, 'programs can gain privileges'],
    [facts.hasCapabilities, 'programs have capabilities'],
    [asked.syscalls === 'standard' && !facts.filtersSystemCalls, 'system calls are not filtered'],
    [asked.network === 'none' && facts.opensSockets && !facts.ownNetwork, 'the network can be reached'],
  ];
  const inFull: readonly (readonly [boolean, string])[] = [
    [!facts.ownProcesses, 'processes of the machine are visible'],
    [facts.signalsServer, 'the server can be signalled'],
    [asked.network === 'none' && !facts.ownNetwork, 'it is in the network of the machine'],
  ];
  return [...always, ...(level === 'full' ? inFull : [])].filter(([broken]) => broken).map(([, clause]) => clause);
}

/** The same for the network of a pod. */
export function brokenPromisesOfPod(facts: SelfTestFacts): readonly string[] {
  const promises: readonly (readonly [boolean, string])[] = [
    [!facts.ownNetwork, 'it is in the network of the machine'],
    [!facts.refusesOtherAddresses, 'an address that is no target is not refused'],
    [!facts.tellsClosedPorts, 'a closed port looks like one that does not answer'],
  ];
  return promises.filter(([broken]) => broken).map(([, clause]) => clause);
}
