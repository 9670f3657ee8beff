import { duration, group, integer, optional, orWord, size, type Field } from '@mcp/config';
import { DEFAULT_RESOURCES, SPARE_CPU_SECONDS } from '@mcp/tool-base';

import type { ResourceCeilings, ResourceDefaults, ResourcesDeclaration } from './resources-config.ts';

const MEMORY = { min: 16 * 2 ** 20, max: 2 ** 40 };
const FILE_SIZE = { min: 0, max: 2 ** 40 };
const CPU_TIME = { min: 1, max: 172_800 };
const OPEN_FILES = { min: 16, max: 1_048_576 };
const PROCESSES = { min: 1, max: 1_048_576 };

/** What a process of a tool may use; what is left out gets the default of `tool.defaultResources`. */
export function resourcesField(): Field<ResourcesDeclaration> {
  const own = <T>(field: Field<T>): Field<T | 'none' | undefined> => optional(orWord(field, 'none'));
  return group<ResourcesDeclaration>(
    {
      memory: own(
        size({ doc: 'Private memory of one process: heap and stacks, not reserved address space.', ...MEMORY }),
      ),
      fileSize: own(size({ doc: 'Size of a file that it writes.', ...FILE_SIZE })),
      cpuTime: own(duration({ doc: 'CPU time of one process.', ...CPU_TIME })),
      openFiles: own(integer({ doc: 'Files that one process may have open.', ...OPEN_FILES })),
      processes: own(
        integer({
          doc: 'Processes and threads of the user that programs run as, all together; at the level full, of the sandbox alone. Root is held to none.',
          ...PROCESSES,
        }),
      ),
    },
    { doc: 'Limits that the kernel holds, on Linux with prlimit (util-linux); none takes one away.' },
  );
}

export const resourceDefaultsField: Field<ResourceDefaults> = group<ResourceDefaults>(
  {
    memory: orWord(
      size({
        doc: 'Private memory of one process. In an environment variable, a number without a unit counts MiB.',
        ...MEMORY,
        textUnit: 'MiB',
        default: DEFAULT_RESOURCES.memoryBytes,
        variables: ['MCP_MAX_MEMORY_MB'],
      }),
      'none',
    ),
    fileSize: orWord(
      size({ doc: 'Size of a file that it writes.', ...FILE_SIZE, default: DEFAULT_RESOURCES.fileBytes }),
      'none',
    ),
    cpuTime: optional(
      orWord(
        duration({
          doc: `CPU time of one process. Unset: the timeout of the tool and ${SPARE_CPU_SECONDS} seconds.`,
          ...CPU_TIME,
        }),
        'none',
      ),
    ),
    openFiles: orWord(
      integer({
        doc: 'Files that one process may have open.',
        ...OPEN_FILES,
        default: DEFAULT_RESOURCES.openFiles,
        variables: ['MCP_MAX_FILE_DESCRIPTORS'],
      }),
      'none',
    ),
    processes: orWord(
      integer({
        doc: 'Processes and threads of the user that programs run as, all together; at the level full, of the sandbox alone. Root is held to none.',
        ...PROCESSES,
        default: 'none',
      }),
      'none',
    ),
  },
  {
    doc: 'What a process of a program may use if its tool says nothing else. Held by the kernel, on Linux with prlimit.',
  },
);

export const resourceCeilingsField: Field<ResourceCeilings> = group<ResourceCeilings>(
  {
    memory: optional(size({ doc: 'Most memory. Unset: no ceiling, as for the others.', ...MEMORY })),
    fileSize: optional(size({ doc: 'Largest file.', ...FILE_SIZE })),
    cpuTime: optional(duration({ doc: 'Longest CPU time.', ...CPU_TIME })),
    openFiles: optional(integer({ doc: 'Most open files.', ...OPEN_FILES })),
    processes: optional(integer({ doc: 'Most processes.', ...PROCESSES })),
  },
  { doc: 'What no tool may have more of; defaults above it are lowered to it.' },
);
