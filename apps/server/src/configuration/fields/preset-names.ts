/** The presets by name; `tools/preset.ts` has what each of them runs. */
export const PRESET_NAMES = ['ping', 'traceroute', 'dig', 'whois', 'curl_head', 'nmap_discovery'] as const;

export type PresetName = (typeof PRESET_NAMES)[number];

/** They scan networks, and are offered only with `security.allowIntrusive`. */
export const INTRUSIVE_PRESETS: ReadonlySet<PresetName> = new Set(['nmap_discovery']);
