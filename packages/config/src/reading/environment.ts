import type { ConfigDefinition, Leaf } from '../fields/definition.ts';
import { holdsSecret } from '../fields/field.ts';
import { nearest } from './nearest-key.ts';
import type { Layer } from './layers.ts';
import { LayerBuilder } from './layers.ts';
import { pathText } from '../describe/problems.ts';
import { FileReadError } from './read-file.ts';
import type { FileText } from './read-file.ts';
import { plainSource } from './source.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

interface Setting {
  readonly variable: string;
  readonly text: string;
  readonly fromFile: boolean;
}

/**
 * Reads the environment as a layer. Names come from the definition, never from splitting a variable at its underscores.
 * An empty variable counts as unset. Two variables that give one key different values are an error.
 */
export function environmentLayer<T>(
  definition: ConfigDefinition<T>,
  env: Environment,
  secretFiles: ReadonlyMap<string, FileText | FileReadError>,
): Layer {
  const builder = new LayerBuilder();
  for (const leaf of definition.leaves) {
    const settings: Setting[] = [];
    for (const name of [leaf.variable, ...leaf.field.variables]) {
      const text = env[name];
      if (text !== undefined && text !== '') settings.push({ variable: name, text, fromFile: false });
      const fileVariable = `${name}_FILE`;
      const file = holdsSecret(leaf.field) ? env[fileVariable] : undefined;
      if (file === undefined || file === '') continue;
      const content = secretFiles.get(file);
      if (content === undefined || content instanceof FileReadError) {
        const reason = `${JSON.stringify(file)} cannot be used: ${content?.message ?? 'it was not read'}`;
        report(
          builder,
          leaf,
          fileVariable,
          'secret_file',
          `${pathText(leaf.path)} is to be read from a file, but ${reason}`,
        );
      } else settings.push({ variable: fileVariable, text: withoutLastNewline(content.text), fromFile: true });
    }
    addSetting(builder, leaf, settings);
  }
  reportUnknown(definition, env, builder);
  return builder;
}

/** The files that `*_FILE` variables of secrets name, by variable. */
export function secretFileVariables<T>(definition: ConfigDefinition<T>, env: Environment): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const { variable, field } of definition.leaves) {
    if (!holdsSecret(field)) continue;
    for (const name of [variable, ...field.variables]) {
      const file = env[`${name}_FILE`];
      if (file !== undefined && file !== '') files.set(`${name}_FILE`, file);
    }
  }
  return files;
}

function addSetting(builder: LayerBuilder, leaf: Leaf, settings: readonly Setting[]): void {
  const [first, ...others] = settings;
  if (first === undefined) return;
  for (const other of others) {
    if (other.text === first.text && !other.fromFile) continue;
    report(
      builder,
      leaf,
      other.variable,
      'two_variables',
      `${pathText(leaf.path)} is set by both ${first.variable} and ${other.variable}`,
      'unset one of the two',
    );
  }
  builder.addText(leaf, first.text, plainSource({ source: 'environment', variable: first.variable }));
}

function report(
  builder: LayerBuilder,
  leaf: Leaf,
  variable: string,
  rule: string,
  message: string,
  suggestion?: string,
): void {
  const source = plainSource({ source: 'environment', variable });
  builder.issues.push({ rule, path: leaf.path, message, source, ...(suggestion === undefined ? {} : { suggestion }) });
  builder.invalid.push(leaf.key);
}

/** Other programs may use the same prefix, so an unknown variable is a notice and not an error. */
function reportUnknown<T>(definition: ConfigDefinition<T>, env: Environment, builder: LayerBuilder): void {
  const known = new Set<string>();
  for (const { variable, field } of definition.leaves) {
    for (const name of [variable, ...field.variables]) {
      known.add(name);
      if (holdsSecret(field)) known.add(`${name}_FILE`);
    }
  }
  for (const variable of Object.keys(env).sort()) {
    const origin = { source: 'environment', variable } as const;
    const other = Object.hasOwn(definition.otherVariables, variable) ? definition.otherVariables[variable] : undefined;
    if (other !== undefined) {
      if (other !== '' && env[variable] !== '') builder.notices.push({ message: other, origin });
    } else if (variable.startsWith(`${definition.envPrefix}_`) && !known.has(variable)) {
      const near = nearest(variable, known);
      const hint = near === undefined ? '' : `; did you mean ${near}?`;
      builder.notices.push({
        message: `no key of the configuration has this variable, so it has no effect${hint}`,
        origin,
      });
    }
  }
}

function withoutLastNewline(text: string): string {
  return text.replace(/\r?\n$/, '');
}
