import { fieldsOf, group, standardSections, type Field } from '@mcp/config';

import { resourceDefaultsField } from '../fields/resource-fields.ts';
import type { ToolConfig } from '../shape/server-config.ts';

export const toolSection: Field<ToolConfig> = group<ToolConfig>(
  { ...fieldsOf(standardSections.tool), defaultResources: resourceDefaultsField },
  { doc: 'Which tools are offered, and the limits of those that have none of their own.' },
);
