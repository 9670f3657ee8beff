import type { Notice } from '../describe/problems.ts';
import type { ConfigDefinition } from '../fields/definition.ts';
import { holdsSecret } from '../fields/field.ts';
import { nearest } from './nearest-key.ts';
import { fileVariable } from './secret-files.ts';
import type { Environment } from './secret-files.ts';
import { SERVICE_LINK_SUGGESTION, isServiceLink } from './service-links.ts';

/**
 * Notices about variables with the prefix that belong to no key. Other programs may use the same prefix, so they are not
 * problems.
 */
export function unknownVariables<T>(definition: ConfigDefinition<T>, env: Environment): readonly Notice[] {
  const notices: Notice[] = [];
  const links: string[] = [];
  const known = variablesOf(definition);
  for (const variable of Object.keys(env).sort()) {
    const origin = { source: 'environment', variable } as const;
    const other = Object.hasOwn(definition.otherVariables, variable) ? definition.otherVariables[variable] : undefined;
    if (other !== undefined) {
      if (other !== '' && env[variable] !== '') notices.push({ message: other, origin });
    } else if (variable.startsWith(`${definition.envPrefix}_`) && !known.has(variable)) {
      if (isServiceLink(variable, env[variable] ?? '')) links.push(variable);
      else notices.push({ message: noEffect(nearest(variable, known)), origin });
    }
  }
  const [first] = links;
  if (first === undefined) return notices;
  const message = `variables that Kubernetes sets for a Service are ignored: ${links.join(', ')}; to avoid them, ${SERVICE_LINK_SUGGESTION}`;
  return [...notices, { message, origin: { source: 'environment', variable: first } }];
}

function variablesOf<T>(definition: ConfigDefinition<T>): ReadonlySet<string> {
  const variables = new Set<string>();
  for (const { variable, field } of definition.leaves) {
    for (const name of [variable, ...field.variables]) {
      variables.add(name);
      if (holdsSecret(field)) variables.add(fileVariable(name));
    }
  }
  return variables;
}

function noEffect(near: string | undefined): string {
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  return `no key of the configuration has this variable, so it has no effect${hint}`;
}
