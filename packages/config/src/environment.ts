import type { ConfigDefinition, Leaf } from './definition.ts';
import { holdsSecret } from './field.ts';
import { nearest } from './key-names.ts';
import type { Layer } from './layers.ts';
import { LayerBuilder } from './layers.ts';
import { pathText } from './problems.ts';
import { plainSource } from './source.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the file that a `*_FILE` variable names; rejects with a message that can be shown. */
export type SecretFileReader = (file: string) => Promise<string>;

export interface EnvironmentLayer extends Layer {
  /** Files that `*_FILE` variables name: a change in one of them changes the configuration. */
  readonly secretFiles: readonly string[];
}

interface Setting {
  readonly variable: string;
  readonly text: string;
  readonly fromFile: boolean;
}

/**
 * Reads the environment as a layer. Names come from the definition, never from splitting a variable at its underscores.
 * An empty variable counts as unset. Two variables that give one key different values are an error.
 */
export async function environmentLayer<T>(
  definition: ConfigDefinition<T>,
  env: Environment,
  readSecretFile: SecretFileReader,
): Promise<EnvironmentLayer> {
  const builder = new LayerBuilder();
  const secretFiles: string[] = [];
  for (const leaf of definition.leaves) {
    const settings: Setting[] = [];
    for (const name of [leaf.variable, ...leaf.field.variables]) {
      const text = env[name];
      if (text !== undefined && text !== '') settings.push({ variable: name, text, fromFile: false });
      const fileVariable = `${name}_FILE`;
      const file = holdsSecret(leaf.field) ? env[fileVariable] : undefined;
      if (file === undefined || file === '') continue;
      secretFiles.push(file);
      try {
        settings.push({ variable: fileVariable, text: withoutLastNewline(await readSecretFile(file)), fromFile: true });
      } catch (error) {
        const reason = error instanceof Error ? error.message : 'it cannot be read';
        report(
          builder,
          leaf,
          fileVariable,
          'secret_file',
          `${pathText(leaf.path)} is to be read from a file: ${reason}`,
        );
      }
    }
    addSetting(builder, leaf, settings);
  }
  reportUnknown(definition, env, builder);
  return Object.assign(builder, { secretFiles });
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

/** Other programs may use the same prefix, so a name that nobody knows is a remark and not an error. */
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
