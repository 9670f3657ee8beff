/** Everything exported here is public API. */
export { ConfigStore } from './config-store.ts';
export { resetSharedConfig, sharedConfig } from './shared-config.ts';
export type { LoadOptions } from './load-options.ts';
export type { ConfigSnapshot } from './config-snapshot.ts';
export type { ConfigEvents, ConfigStatistics, ReloadDone, ReloadRefused, ReloadResult } from './reload-result.ts';
export { ConfigError, ConfigVeto, noticeText, pathText, renderProblem, renderProblems } from './problems.ts';
export type { Notice, Problem, VetoProblem } from './problems.ts';
export { originText } from './origin.ts';
export type { Origin } from './origin.ts';
export { Secret } from './secret.ts';
export type { Subscriber } from './subscribers.ts';
export { changeText } from './diff.ts';
export type { Change } from './diff.ts';
export { renderDescription } from './describe.ts';
export type { DescribedValue } from './describe.ts';
export type { DeepReadonly } from './frozen.ts';

/** Defining a configuration. */
export { defineConfig } from './definition.ts';
export type { CheckProblem, ConfigDefinition, ConfigOf, DefinitionOptions, Leaf } from './definition.ts';
export { boolean, choice, custom, integer, number, secret, text } from './scalar-fields.ts';
export type { FieldOptions, RangeOptions, TextOptions } from './scalar-fields.ts';
export { duration } from './duration.ts';
export { group, list, map, optional, variant } from './composite-fields.ts';
export type { FieldsOf, GroupOptions, ListOptions, MapOptions, ValuesOf, VariantOptions } from './composite-fields.ts';
export type { AnyField, Field, GroupProblem, JsonSchema, Reload, ValueOf } from './field.ts';
export type { Environment } from './environment.ts';
export type { FlagValue } from './layers.ts';
export { jsonSchemaOf } from './json-schema.ts';
export { renderReference } from './reference.ts';
export { MemorySource, fileSource } from './text-source.ts';
export type { TextSource } from './text-source.ts';
export { FileProblem } from './read-file.ts';
export type { FileText } from './read-file.ts';
export type { SaveOptions, SaveResult } from './save-config.ts';
export type { ConfigClock } from './clock.ts';

/** This server's configuration. */
export { serverConfigDefinition } from './server/server-definition.ts';
export type * from './server/server-config.ts';
export type * from './server/tool-declaration.ts';
