import { expectTypeOf } from 'vitest';
import type {
  ConfigOf,
  ConfigSnapshot,
  ConfigStore,
  DeepReadonly,
  Secret,
  ServerConfig,
  serverConfigDefinition,
} from './index.ts';
import { defineConfig, group, integer, list, optional, secret, text } from './index.ts';

const definition = defineConfig(
  {
    listen: group(
      { port: integer({ doc: 'Port.', min: 1, max: 9 }), token: optional(secret({ doc: 'Token.' })) },
      { doc: 'L.' },
    ),
    names: list(text({ doc: 'Name.' }), { doc: 'Names.', default: [] }),
  },
  { title: 'T', envPrefix: 'T' },
);

type Values = ConfigOf<typeof definition>;
expectTypeOf<Values['listen']['port']>().toEqualTypeOf<number>();
expectTypeOf<Values['listen']['token']>().toEqualTypeOf<Secret | undefined>();
expectTypeOf<Values['names']>().toEqualTypeOf<readonly string[]>();
expectTypeOf<ConfigOf<typeof serverConfigDefinition>>().toEqualTypeOf<ServerConfig>();

declare const store: ConfigStore<ServerConfig>;
expectTypeOf(store.snapshot).toEqualTypeOf<ConfigSnapshot<ServerConfig>>();
expectTypeOf(store.snapshot.values.security.apiKey).toEqualTypeOf<Secret | undefined>();
expectTypeOf<DeepReadonly<{ a: { b: string[] } }>>().toEqualTypeOf<{ readonly a: { readonly b: readonly string[] } }>();

// @ts-expect-error a snapshot cannot be changed
store.snapshot.values.server.port = 1;
// @ts-expect-error an unknown key of a section
group<ServerConfig['tool']>({ nope: text({ doc: '' }) }, { doc: '' });
