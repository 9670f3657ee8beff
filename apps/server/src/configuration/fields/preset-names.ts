/** The presets by name; `tools/preset.ts` has what each of them runs. */
export const PRESET_NAMES = ['ping', 'traceroute', 'dig', 'whois', 'curl_head', 'nmap_discovery'] as const;

export type PresetName = (typeof PRESET_NAMES)[number];

export interface PresetCommand {
  readonly command: string;
  /** In a sandbox; `targets` where it is left out. */
  readonly network?: 'host';
  /** Whether the program itself looks up names; the others are given a pinned address. */
  readonly dns?: true;
}

export const PRESET_COMMANDS: Readonly<Record<PresetName, PresetCommand>> = {
  ping: { command: 'ping' },
  traceroute: { command: 'traceroute' },
  dig: { command: 'dig', dns: true },
  // The servers of the registries are public, and no targets.
  whois: { command: 'whois', network: 'host' },
  curl_head: { command: 'curl' },
  nmap_discovery: { command: 'nmap' },
};

/** They scan networks, and are offered only with `security.allowIntrusive`. */
export const INTRUSIVE_PRESETS: ReadonlySet<PresetName> = new Set(['nmap_discovery']);
