import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { validate } from 'dockerfile-utils';
import { expect, test } from 'vitest';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const dockerfile = readFileSync(here('docker/Dockerfile'), 'utf8');
const instructions = dockerfile
  .replaceAll(/\\\n/gu, ' ')
  .split('\n')
  .filter((line) => /^[A-Z]/u.test(line));
const lastStage = instructions.slice(instructions.findLastIndex((line) => line.startsWith('FROM')));

test('the linter has no findings in the Dockerfile', () => {
  expect(validate(dockerfile)).toEqual([]);
});

test('every stage starts from one exact version', () => {
  const bases = instructions.filter((line) => line.startsWith('FROM')).map((line) => line.split(' ')[1]);
  expect(bases.length).toBeGreaterThan(1);
  expect(bases.filter((base) => !/^[a-z]+:\d+\.\d+\.\d+-/u.test(base ?? ''))).toEqual([]);
});

test('the base image has the Node version of the repository', () => {
  const catalog = readFileSync(here('../pnpm-workspace.yaml'), 'utf8');
  const pinned = /^ {2}node: (?<version>[\d.]+)$/mu.exec(catalog)?.groups?.['version'];
  expect(new Set(dockerfile.match(/(?<=^FROM node:)[\d.]+/gmu))).toEqual(new Set([pinned]));
});

test('every buildah command uses the format that supports health checks', () => {
  const guide = readFileSync(here('../docs/deployment.md'), 'utf8');
  const recipes = `${dockerfile}\n${guide}`.match(/buildah build .*/gu) ?? [];
  expect(recipes.length).toBeGreaterThan(1);
  expect(recipes.filter((recipe) => !recipe.includes('--format=docker'))).toEqual([]);
});

test('the image runs as a numeric user that is not root, and no build step follows USER', () => {
  const at = lastStage.findIndex((line) => line.startsWith('USER'));
  expect(lastStage[at]).toMatch(/^USER [1-9]\d*:[1-9]\d*$/u);
  expect(lastStage.slice(at).some((line) => /^(?:RUN|COPY|ADD)/u.test(line))).toBe(false);
});

test('the last stage contains the deployed server, and no sources, package manager or secrets', () => {
  expect(lastStage.filter((line) => /^(?:COPY|ADD)/u.test(line))).toEqual(['COPY --from=build /app /app']);
  expect(lastStage.join('\n')).not.toMatch(/pnpm|npm |API_KEY|TOKEN|PASSWORD/u);
});

test('the health check uses the liveness route, without a shell', () => {
  const check = lastStage.find((line) => line.startsWith('HEALTHCHECK'));
  const [, command] = /CMD (?<command>\[.*\])$/u.exec(check ?? '') ?? [];
  const [program, flag, script] = JSON.parse(command ?? '[]') as string[];
  expect([program, flag]).toEqual(['node', '-e']);
  expect(script).toContain('/health/live');
  // The port can be set at run time; a check of another port would restart the container again and again.
  expect(script).toContain('process.env.MCP_SERVER_PORT');
});

test('the server is started without a shell, under an init that reaps orphaned processes', () => {
  expect(lastStage.at(-1)).toBe('ENTRYPOINT ["tini", "--", "node", "--max-semi-space-size=8", "/app/dist/main.js"]');
});

test('the build uses the pnpm version of the repository', () => {
  const { packageManager } = JSON.parse(readFileSync(here('../package.json'), 'utf8')) as { packageManager: string };
  expect(new Set(dockerfile.match(/pnpm@[\d.]+/gu))).toEqual(new Set([packageManager]));
});

test('nothing that .dockerignore excludes is needed for the build', () => {
  const left = readFileSync(here('docker/Dockerfile.dockerignore'), 'utf8').trim().split('\n');
  const needed = ['apps', 'packages', 'package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'tsconfig.base.json'];
  expect(needed.filter((path) => left.includes(path) || !existsSync(here(`../${path}`)))).toEqual([]);
  // A workspace package that is missing from the context must not be a dependency of the server.
  const manifests = globSync('{apps,packages}/*/package.json', { cwd: here('..') });
  expect(manifests.length).toBeGreaterThan(5);
});
