import { group, list, variant } from '../fields/composite-fields.ts';
import { duration } from '../fields/duration.ts';
import type { Field } from '../fields/field.ts';
import { choice, integer, number, text } from '../fields/scalar-fields.ts';
import { isHostName, isIpv4, isIpv6 } from './address.ts';
import { checkedText } from './checked-text.ts';
import type { DependencyConfig, HealthConfig } from './server-config.ts';
import { argumentsField, commandField } from './command-fields.ts';

type Dependency<K extends DependencyConfig['type']> = Omit<Extract<DependencyConfig, { type: K }>, 'type'>;

const BASE = {
  name: text({
    doc: 'The name of the check.',
    maxLength: 64,
    pattern: /^[A-Za-z0-9_.-]+$/,
    expected: 'a name of letters, digits, _ . and -',
  }),
  priority: choice(['critical', 'important', 'informational'], {
    doc: 'How its failure shows in the whole: unhealthy, degraded, or not at all.',
    default: 'important',
  }),
};

function dependencyField(): Field<DependencyConfig> {
  return variant<DependencyConfig>(
    {
      tcp: group<Dependency<'tcp'>>(
        {
          ...BASE,
          host: checkedText(
            { doc: 'Host name or address.' },
            'a host name or an address',
            (host) => isHostName(host) || isIpv4(host) || isIpv6(host),
          ),
          port: integer({ doc: 'Port.', min: 1, max: 65_535 }),
        },
        { doc: 'A TCP connection can be opened.' },
      ),
      http: group<Dependency<'http'>>(
        {
          ...BASE,
          url: checkedText(
            { doc: 'The address to fetch.' },
            'a full http or https URL without user and password',
            isPlainHttpUrl,
          ),
        },
        { doc: 'An HTTP server answers with a status from 200 to 399.' },
      ),
      command: group<Dependency<'command'>>(
        { ...BASE, command: commandField('The program.'), args: argumentsField('Its arguments.') },
        { doc: 'A program ends with exit code 0.' },
      ),
    },
    {
      doc: 'Something this server needs.',
      textMessage:
        'must say how to probe it: a mapping with name, type (tcp, http or command) and where; a bare name, as in older files, has no meaning here',
    },
  );
}

export function healthSection(): Field<HealthConfig> {
  const reload = 'restart';
  const threshold = (what: string): Field<number> =>
    number({ doc: `Percent of ${what} in use above which health suffers.`, min: 0, max: 100, default: 80, reload });
  return group<HealthConfig>(
    {
      checkInterval: duration({ doc: 'Time between two runs of a check.', min: 5, max: 300, default: 30, reload }),
      cpuThreshold: threshold('the processors'),
      memoryThreshold: threshold('memory'),
      diskThreshold: threshold('the disk'),
      dependencies: list(dependencyField(), {
        doc: 'What this server needs to work.',
        default: [],
        maxItems: 100,
        unique: 'name',
        reload,
      }),
      timeout: duration({ doc: 'How long one check may take.', min: 1, max: 60, default: 10, reload }),
    },
    { doc: 'Health checks in the background.' },
  );
}

function isPlainHttpUrl(value: string): boolean {
  if (!URL.canParse(value) || /[\s\\]/.test(value)) return false;
  const { protocol, username, password } = new URL(value);
  return (protocol === 'http:' || protocol === 'https:') && username === '' && password === '';
}
