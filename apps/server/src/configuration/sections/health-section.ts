import { choice, fieldsOf, group, integer, list, standardSections, text, variant, type Field } from '@mcp/config';

import { isHost, isHttpUrl } from '../fields/addresses.ts';
import { argumentsField, commandField } from '../fields/command-fields.ts';
import type { DependencyConfig, HealthConfig } from '../shape/server-config.ts';

type Dependency<K extends DependencyConfig['type']> = Omit<Extract<DependencyConfig, { type: K }>, 'type'>;

const base = {
  name: text({
    doc: 'The name of the check.',
    maxLength: 64,
    pattern: /^[A-Za-z0-9_.-]+$/,
    expected: 'a name of letters, digits, _ . and -',
  }),
  priority: choice(['critical', 'important', 'informational'], {
    doc: 'What its failure makes of the overall status: unhealthy, degraded, or nothing.',
    default: 'important',
  }),
};

const dependencyField = variant<DependencyConfig>(
  {
    tcp: group<Dependency<'tcp'>>(
      {
        ...base,
        host: text({ doc: 'Host name or address.', expected: 'a host name or an address', accepts: isHost }),
        port: integer({ doc: 'Port.', min: 1, max: 65_535 }),
      },
      { doc: 'A TCP connection can be opened.' },
    ),
    http: group<Dependency<'http'>>(
      {
        ...base,
        url: text({
          doc: 'The address to fetch.',
          maxLength: 2048,
          expected: 'a full http or https URL without user and password',
          accepts: isHttpUrl,
        }),
      },
      { doc: 'An HTTP server answers with a status from 200 to 399.' },
    ),
    command: group<Dependency<'command'>>(
      { ...base, command: commandField('The program.'), args: argumentsField('Its arguments.') },
      { doc: 'A program ends with exit code 0.' },
    ),
  },
  {
    doc: 'Something this server needs.',
    textMessage:
      'must say how to probe it: a mapping with name, type (tcp, http or command) and where; a bare name, as in older files, has no meaning here',
  },
);

export const healthSection: Field<HealthConfig> = group<HealthConfig>(
  {
    ...fieldsOf(standardSections.health),
    dependencies: list(dependencyField, {
      doc: 'What this server needs to work.',
      default: [],
      maxItems: 100,
      unique: 'name',
      reload: 'restart',
    }),
  },
  { doc: 'Health checks in the background.' },
);
