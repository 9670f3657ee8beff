import type { ConfigDefinition, Leaf } from '../fields/definition.ts';
import { pathText } from '../describe/problems.ts';
import type { Layer } from './layers.ts';
import { LayerBuilder } from './layers.ts';
import { FileReadError } from './file-read-error.ts';
import { fileVariable } from './secret-files.ts';
import type { Environment, SecretFiles } from './secret-files.ts';
import { SERVICE_LINK_SUGGESTION, isServiceLink } from './service-links.ts';
import { plainSource } from './source.ts';
import { unknownVariables } from './unknown-variables.ts';

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
  secretFiles: SecretFiles,
  folder: string,
): Layer {
  const builder = new LayerBuilder(folder);
  for (const leaf of definition.leaves) {
    const settings: Setting[] = [];
    for (const variable of [leaf.variable, ...leaf.field.variables]) {
      const text = env[variable];
      if (text !== undefined && text !== '') settings.push({ variable, text, fromFile: false });
      const content = secretFiles.get(fileVariable(variable));
      if (content instanceof FileReadError) {
        reportSecretFile(builder, leaf, fileVariable(variable), env[fileVariable(variable)] ?? '', content);
      } else if (content !== undefined) {
        settings.push({ variable: fileVariable(variable), text: withoutLastNewline(content.text), fromFile: true });
      }
    }
    addSetting(builder, leaf, settings);
  }
  builder.notices.push(...unknownVariables(definition, env));
  return builder;
}

function addSetting(builder: LayerBuilder, leaf: Leaf, settings: readonly Setting[]): void {
  const [first, ...others] = settings;
  if (first === undefined) return;
  for (const other of others) {
    if (other.text === first.text && !other.fromFile) continue;
    const message = `${pathText(leaf.path)} is set by both ${first.variable} and ${other.variable}`;
    report(builder, leaf, other.variable, 'two_variables', message, 'unset one of the two');
  }
  if (isServiceLink('', first.text)) {
    const message = `${pathText(leaf.path)} is the address of a Kubernetes Service, which Kubernetes sets by itself in ${first.variable}`;
    report(builder, leaf, first.variable, 'service_link', message, SERVICE_LINK_SUGGESTION);
  } else builder.addText(leaf, first.text, plainSource({ source: 'environment', variable: first.variable }));
}

function reportSecretFile(
  builder: LayerBuilder,
  leaf: Leaf,
  variable: string,
  path: string,
  error: FileReadError,
): void {
  // A text without a slash may be the secret itself, given in the wrong variable.
  const name = path.includes('/') ? JSON.stringify(path) : 'the file';
  const message = `${pathText(leaf.path)} is read from a file, but ${name} cannot be used: ${error.message}`;
  report(builder, leaf, variable, 'secret_file', message, error.suggestion);
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

function withoutLastNewline(text: string): string {
  return text.replace(/\r?\n$/, '');
}
