import type { ConfigDefinition } from '../fields/definition.ts';
import { holdsSecret } from '../fields/field.ts';
import type { AnyField } from '../fields/field.ts';
import { environmentName } from '../fields/key-names.ts';

/** The reference of a configuration as Markdown: every key with its rule, default, variable and meaning. */
export function renderReference<T>(definition: ConfigDefinition<T>): string {
  const topLevel = Object.entries(definition.fields).filter(([, field]) => field.kind !== 'group');
  const sections = Object.entries(definition.fields).filter(([, field]) => field.kind === 'group');
  return [
    `# ${definition.title}`,
    introduction(definition.envPrefix),
    ...sections.flatMap(([name, field]) => sectionText(definition.envPrefix, [name], field)),
    '## Top level',
    table(topLevel.map(([name, field]) => row([name], field, environmentName(definition.envPrefix, [name])))),
    ...topLevel.flatMap(([name, field]) => nestedTexts([name], field)),
  ]
    .join('\n\n')
    .concat('\n');
}

function introduction(prefix: string): string {
  return [
    'This page is generated from the definition in the code.',
    'Values come from, weakest first: defaults, the file (YAML or JSON), the environment, the command line. A list or a mapping of a stronger layer replaces the weaker one whole.',
    'Keys may also be written in snake_case. An unknown key, a duplicate key, an alias, a tag and an empty file are errors. A duration is a number of seconds, or a text such as `250ms`, `30s`, `5m`, `1h`.',
    `Every key has a variable named \`${prefix}_SECTION_KEY\`. An empty variable counts as unset. Booleans may be written true, yes, on, 1, false, no, off, 0; lists separated by commas or line ends; mappings and lists of mappings as YAML or JSON.`,
    'A key marked **secret** is never shown, and can be read from a file: add `_FILE` to the name of its variable, and set it to the path.',
    'A path may start with `~/`, the home folder; a relative path starts at the folder of the configuration file. Variables inside values, such as `${NAME}`, are not expanded: in a path or a secret they are an error.',
    'A key marked **restart** keeps its running value when the file changes; the reload names it.',
  ].join('\n\n');
}

function sectionText(prefix: string, path: readonly string[], field: AnyField): string[] {
  if (field.kind !== 'group') return [];
  const entries = Object.entries(field.fields);
  const leaves = entries.filter(([, child]) => child.kind !== 'group');
  const note = field.optional ? ' Unset unless one of its keys is set.' : '';
  return [
    `## ${path.join('.')}`,
    `${field.doc}${note}`,
    table(leaves.map(([name, child]) => row([name], child, environmentName(prefix, [...path, name])))),
    ...leaves.flatMap(([name, child]) => nestedTexts([...path, name], child)),
    ...entries.flatMap(([name, child]) => sectionText(prefix, [...path, name], child)),
  ];
}

/** The keys inside a list's items or a mapping's values. */
function nestedTexts(path: readonly string[], field: AnyField): string[] {
  switch (field.kind) {
    case 'scalar':
      return [];
    case 'list':
      return nestedTexts([...path, '[n]'], field.item);
    case 'map':
      return nestedTexts([...path, '<name>'], field.value);
    case 'group': {
      const entries = Object.entries(field.fields);
      return [
        `### ${title(path)}`,
        field.doc,
        table(entries.map(([name, child]) => row([name], child))),
        ...entries.flatMap(([name, child]) => nestedTexts([...path, name], child)),
      ];
    }
    case 'variant':
      return [
        `### ${title(path)}`,
        `${field.doc} \`${field.tag}\` decides which other keys there are.${wordsNote(field.words)}`,
        ...Object.entries(field.cases).flatMap(([name, shape]) => {
          const keys = Object.entries(shape.fields);
          const head = `\`${field.tag}: ${name}\`: ${shape.doc}`;
          return keys.length === 0 ? [head] : [head, table(keys.map(([key, child]) => row([key], child)))];
        }),
      ];
  }
}

function title(path: readonly string[]): string {
  return `\`${path.join('.').replaceAll('.[', '[')}\``;
}

function wordsNote(words: readonly string[]): string {
  return words.length === 0 ? '' : ` In short, just ${words.map((word) => `\`${word}\``).join(' or ')}.`;
}

type Row = readonly string[];

function row(path: readonly string[], field: AnyField, variable?: string): Row {
  const marks = [holdsSecret(field) ? '**secret**' : '', field.reload === 'restart' ? '**restart**' : ''];
  const meaning = [field.doc, ...marks].filter((part) => part !== '').join(' ');
  const names = [variable, ...field.variables].filter((name) => name !== undefined).map((name) => `\`${name}\``);
  const cells = [`\`${path.join('.')}\``, capitalised(valueText(field)), defaultText(field), meaning];
  return variable === undefined ? cells : [...cells.slice(0, 3), names.join(', '), meaning];
}

function valueText(field: AnyField): string {
  if (field.kind === 'list') {
    const items = field.item.kind === 'scalar' ? `: each ${field.item.expected}` : '';
    return `a list of ${field.minItems} to ${field.maxItems}${items}`;
  }
  return field.kind === 'map' ? `a mapping; each key ${field.keyExpected}` : field.expected;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function defaultText({ fallback, optional }: AnyField): string {
  if (fallback?.kind === 'computed') return fallback.doc;
  if (fallback?.kind === 'value') return `\`${JSON.stringify(fallback.value)}\``;
  return optional ? 'unset' : 'required';
}

function table(rows: readonly Row[]): string {
  const columns = rows[0]?.length ?? 0;
  const head =
    columns === 5 ? ['Key', 'Value', 'Default', 'Variable', 'Meaning'] : ['Key', 'Value', 'Default', 'Meaning'];
  const line = (cells: Row): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
