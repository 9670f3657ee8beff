import { readFileSync } from 'node:fs';

const manifest: unknown = JSON.parse(
  readFileSync(
    new URL(import.meta.url.endsWith('.ts') ? '../../package.json' : '../package.json', import.meta.url),
    'utf8',
  ),
);

/** This package's version, as published. */
export const version: string =
  typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
