/** Everything exported here is public API. */
export { ConfigStore } from './store/config-store.ts';
export { resetSharedConfig, sharedConfig } from './store/shared-config.ts';
export type { LoadOptions } from './store/load-options.ts';
export type { ConfigSnapshot } from './store/config-snapshot.ts';
export type {
  ConfigEvents,
  ConfigStatistics,
  ReloadSucceeded,
  ReloadRejected,
  ReloadResult,
} from './store/reload-result.ts';
export {
  ConfigError,
  ConfigVetoError,
  noticeText,
  pathText,
  renderProblem,
  renderProblems,
} from './describe/problems.ts';
export type { Notice, Problem, VetoProblem } from './describe/problems.ts';
export { originText } from './describe/origin.ts';
export type { Origin } from './describe/origin.ts';
export { Secret } from './fields/secret.ts';
export type { Subscriber } from './store/subscribers.ts';
export { changeText } from './store/diff.ts';
export type { Change } from './store/diff.ts';
export { renderDescription } from './store/described-values.ts';
export type { DescribedValue } from './store/described-values.ts';
export type { DeepReadonly } from './store/frozen.ts';

/** Defining a configuration. */
export { defineConfig } from './define-config.ts';
export type { CheckProblem, ConfigDefinition, ConfigOf, DefinitionOptions, Leaf } from './fields/definition.ts';
export { boolean, choice, orWord } from './fields/word-fields.ts';
export { custom } from './fields/scalar-field.ts';
export { integer, number } from './fields/number-fields.ts';
export { secret, text, textOrMapping } from './fields/text-fields.ts';
export type { FieldOptions } from './fields/scalar-field.ts';
export type { RangeOptions } from './fields/number-fields.ts';
export type { SecretOptions, TextOptions } from './fields/text-fields.ts';
export { path, resolvePath } from './fields/path-field.ts';
export { variableProblem, type TextProblem } from './fields/text-problem.ts';
export { duration } from './fields/duration.ts';
export { size, type SizeOptions } from './fields/size.ts';
export { fieldsOf, group, list, map, optional, variant } from './fields/composite-fields.ts';
export type {
  FieldsOf,
  GroupOptions,
  ListOptions,
  MapOptions,
  ValuesOf,
  VariantOptions,
} from './fields/composite-fields.ts';
export type { AnyField, Field, GroupProblem, JsonSchema, Reload, ValueOf } from './fields/field.ts';
export type { Environment } from './reading/secret-files.ts';
export type { FlagValue } from './reading/layers.ts';
export { jsonSchemaOf } from './describe/json-schema.ts';
export { renderReference } from './describe/reference.ts';
export { MemorySource } from './store/memory-source.ts';
export { fileSource } from './store/file-source.ts';
export type { TextSource } from './reading/text-source.ts';
export { FileReadError } from './reading/file-read-error.ts';
export type { FileText } from './reading/read-file.ts';
export type { SaveOptions, SaveResult } from './store/save-config.ts';
export type { Clock } from './clock.ts';

/** The eight sections of the Python server's configuration, as they are or as a start. */
export { standardDefinition, standardProblems, standardSections } from './sections/standard-definition.ts';
export type * from './sections/standard-config.ts';
