/** Writes the files that are generated from the definition of the configuration; a test compares them with it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jsonSchemaOf, renderReference } from '@mcp/config';

import { serverConfigDefinition } from '../src/configuration/server-definition.ts';

function write(path: string, text: string): void {
  const file = fileURLToPath(new URL(path, import.meta.url));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

write('../schema/server-config.schema.json', `${JSON.stringify(jsonSchemaOf(serverConfigDefinition), undefined, 2)}\n`);
write('../../../docs/configuration.md', renderReference(serverConfigDefinition));
