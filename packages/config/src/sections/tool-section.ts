import { group, list } from '../fields/composite-fields.ts';
import { duration } from '../fields/duration.ts';
import type { Field } from '../fields/field.ts';
import { integer } from '../fields/number-fields.ts';
import { text } from '../fields/text-fields.ts';
import type { StandardConfig, ToolSettings } from './standard-config.ts';

type Limits = Pick<StandardConfig, 'security'>;

const pattern = text({
  doc: 'A tool name with * and ?.',
  maxLength: 128,
  pattern: /^[A-Za-z0-9_.*?-]+$/,
  expected: 'a tool name, in which * and ? are wildcards',
});

export const toolSection: Field<ToolSettings> = group<ToolSettings>(
  {
    includePatterns: list(pattern, { doc: 'Tools that are offered.', default: ['*'], variables: ['TOOL_INCLUDE'] }),
    excludePatterns: list(pattern, {
      doc: 'Tools that are not offered; wins over includePatterns.',
      default: [],
      variables: ['TOOL_EXCLUDE'],
    }),
    defaultTimeout: duration({
      doc: 'The timeout of a tool that has none of its own.',
      min: 1,
      max: 3600,
      variables: ['MCP_DEFAULT_TIMEOUT_SEC'],
      computed: {
        doc: '300, or security.timeoutSeconds if that is lower',
        compute: ({ security }: Limits) => Math.min(300, security.timeoutSeconds),
      },
    }),
    defaultConcurrency: integer({
      doc: 'The concurrency of a tool that has none of its own.',
      min: 1,
      max: 100,
      variables: ['MCP_DEFAULT_CONCURRENCY'],
      computed: {
        doc: '2, or security.concurrencyLimit if that is lower',
        compute: ({ security }: Limits) => Math.min(2, security.concurrencyLimit),
      },
    }),
  },
  { doc: 'Which tools are offered, and the limits of those that have none of their own.' },
);
