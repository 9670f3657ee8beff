import { boolean, choice, group, integer, list, optional, path, text, type Field } from '@mcp/config';
import { SANDBOX_LEVELS, type SandboxLevel, type SandboxProfile } from '@mcp/tool-base';

import { egressTarget } from './target-fields.ts';

/** How programs are confined. */
export interface SandboxConfig {
  /** `undefined`: tools with a sandbox of their own as `auto`, other tools as `limits`. */
  readonly mode: SandboxProfile['mode'] | undefined;
  /** `undefined`: `limits` on Linux, where every level but `none` is. */
  readonly minimum: SandboxLevel | undefined;
  readonly user: string | undefined;
  /** Absolute paths. */
  readonly read: readonly string[];
  readonly maxProfiles: number;
}

/** The sandbox of one tool. */
export interface ToolSandboxDeclaration {
  readonly mode: SandboxProfile['mode'] | undefined;
  readonly minimum: SandboxLevel | undefined;
  readonly read: readonly string[];
  readonly write: readonly string[];
  /** `undefined`: `targets` for a tool with a target, `host` for an upstream, else `none`. */
  readonly network: SandboxProfile['network'] | undefined;
  /** Addresses beyond `security.allowedTargets`. */
  readonly egress: readonly string[];
  /** `undefined`: yes, where there is a network. */
  readonly dns: boolean | undefined;
  readonly syscalls: SandboxProfile['syscalls'];
}

const MODES = ['auto', ...SANDBOX_LEVELS.toReversed()] as const;
/** What people write for a mode. */
const OTHER_MODES = { off: 'none', false: 'none', on: 'auto', true: 'auto', strict: 'full' };
const LEVELS = 'none, limits, files or full, from the weakest';

export const sandboxSection: Field<SandboxConfig> = group<SandboxConfig>(
  {
    mode: optional(
      choice(MODES, {
        doc: 'How every tool without a mode of its own is confined. auto: the strongest level that holds on this machine; a level by its name: that or nothing. Unset: auto for tools with sandbox keys, limits for other tools.',
        otherNames: OTHER_MODES,
      }),
    ),
    minimum: optional(
      choice(SANDBOX_LEVELS, {
        doc: `Below this level a tool is unavailable: ${LEVELS}. Unset: limits on Linux, none elsewhere.`,
      }),
    ),
    user: optional(
      text({
        doc: 'The user that programs run as. Only for a server that runs as root.',
        pattern: /^[a-z_][a-z0-9_-]{0,31}$/,
        expected: 'the name of a user',
        reload: 'restart',
      }),
    ),
    read: list(sandboxPath(), {
      doc: 'Files and folders that every confined program may read and execute, beside those of the system.',
      default: [],
      maxItems: 100,
      unique: true,
    }),
    maxProfiles: integer({
      doc: 'Helper processes for programs with different sandboxes; each takes about 60 MB.',
      min: 1,
      max: 64,
      default: 8,
    }),
  },
  { doc: 'How the programs of tools are confined.', otherNames: { level: 'mode' } },
);

export function toolSandboxField(): Field<ToolSandboxDeclaration> {
  return group<ToolSandboxDeclaration>(
    {
      mode: optional(
        choice(MODES, {
          doc: 'As sandbox.mode, for this tool. Unset: sandbox.mode, else auto.',
          otherNames: OTHER_MODES,
        }),
      ),
      minimum: optional(choice(SANDBOX_LEVELS, { doc: 'As sandbox.minimum, for this tool.' })),
      read: list(sandboxPath(), {
        doc: 'Files and folders that the program may read and execute, beside those of the system.',
        default: [],
        maxItems: 100,
        unique: true,
      }),
      write: list(sandboxPath(), {
        doc: 'Folders that the program may write, beside the private one of each run.',
        default: [],
        maxItems: 100,
        unique: true,
      }),
      network: optional(
        choice(['none', 'targets', 'host'], {
          doc: 'none: no network; targets: the addresses of security.allowedTargets without deniedTargets, held by the kernel where this machine can; host: the network of the server. Unset: targets for a tool with a target, host for an upstream, else none. Named together with a minimum of files or full, targets that only the check of arguments holds make the tool unavailable.',
          otherNames: { false: 'none', off: 'none', true: 'host', all: 'host', internet: 'host', isolated: 'none' },
        }),
      ),
      egress: list(egressTarget, {
        doc: 'With network targets: addresses beyond security.allowedTargets that the program may connect to.',
        default: [],
        maxItems: 100,
        unique: true,
      }),
      dns: optional(
        boolean({ doc: 'With network targets: whether the name servers of the machine answer. Unset: true.' }),
      ),
      syscalls: choice(['standard', 'off'], {
        doc: 'standard refuses system calls that no tool needs, such as mount and ptrace.',
        default: 'standard',
      }),
    },
    { doc: 'How the program is confined.', otherNames: { level: 'mode', readOnly: 'read', readWrite: 'write' } },
  );
}

function sandboxPath(): Field<string> {
  return path({ doc: 'A path.', expected: 'a path that starts with /, ~/, ./ or ../', pattern: /^(?:~?|\.{1,2})\// });
}
