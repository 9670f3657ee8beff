import type { DeepReadonly } from '@mcp/config';
import { findProgram, type SandboxRequest } from '@mcp/tool-base';

import { INTRUSIVE_PRESETS, PRESET_NAMES, PRESET_COMMANDS, type PresetName } from '../fields/preset-names.ts';
import type { ServerConfig } from '../shape/server-config.ts';
import { sandboxRequest } from './sandbox-request.ts';

type FrozenServerConfig = DeepReadonly<ServerConfig>;

/**
 * The presets of a configuration: those it names, or without a list every one that no declared tool replaces. Intrusive presets need
 * `security.allowIntrusive`.
 */
export function wantedPresets({
  presets,
  security,
  tools,
}: Pick<FrozenServerConfig, 'presets' | 'security' | 'tools'>): readonly PresetName[] {
  return PRESET_NAMES.filter((name) => {
    if (INTRUSIVE_PRESETS.has(name) && !security.allowIntrusive) return false;
    return presets ? presets.includes(name) : !Object.hasOwn(tools, name);
  });
}

export function presetSandbox(
  config: Pick<FrozenServerConfig, 'sandbox' | 'security'>,
  name: PresetName,
): SandboxRequest {
  const { command, network = 'targets', dns = false } = PRESET_COMMANDS[name];
  return sandboxRequest(config, { command, own: undefined, folders: [], network, dns });
}

/** Of those that are offered: without a list, where the program is installed. */
export function presetSandboxes(
  config: Pick<FrozenServerConfig, 'sandbox' | 'security' | 'presets' | 'tools'>,
): readonly (readonly [path: string, request: SandboxRequest])[] {
  return wantedPresets(config)
    .filter((name) => config.presets !== undefined || findProgram(PRESET_COMMANDS[name].command).found)
    .map((name) => [`the preset ${name}`, presetSandbox(config, name)] as const);
}
