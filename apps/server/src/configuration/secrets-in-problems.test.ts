import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { loadError } from './test-support/load-server-config.ts';

/** Places of a tool where a value may be a secret, each as the inside of a mapping. */
const places: readonly ((secret: string) => string)[] = [
  (secret) => `env: {A: ${secret}}`,
  (secret) => `env: {A: 'x ${secret} y'}`,
  (secret) => `env: {A: "${secret} b"}`,
  (secret) => `env: {A:${secret}}`,
  (secret) => `env: {A: &${secret} b}`,
  (secret) => `env: [A=${secret}]`,
  (secret) => `env: A=${secret}`,
  (secret) => `secrets: {A: ${secret}}`,
  (secret) => `secrets: ${secret}`,
  (secret) => `secrets: {A: {variable: '${secret} b'}}`,
  (secret) => `secrets: {A: {value: ${secret}}}`,
  (secret) => `http: {url: 'https://h.example/?token=${secret}'}`,
  (secret) => `http: {url: 'https://h.example/?a=b&key=${secret}'}`,
  (secret) => `http: {url: 'https://user:${secret}@h.example/'}`,
  (secret) => `http: {url: 'https://h.example/', headers: {X-Own: ${secret}}}`,
  (secret) => `http: {url: 'https://h.example/', query: {token: ${secret}}}`,
  (secret) => `http: {url: 'https://h.example/', query: {token:${secret}}}`,
  (secret) => `http: {url: 'https://h.example/', auth: {bearer: ${secret}}}`,
  (secret) => `http: {url: 'https://h.example/', auth: {basic: {username: a, password: ${secret}}}}`,
  (secret) => `args: ['--password', ${secret}]`,
  (secret) => `args: ['--password=${secret}']`,
  (secret) => `args: ['-H', 'Authorization: Bearer ${secret}']`,
  (secret) => `url: 'https://user:${secret}@h.example/'`,
];

/** Where the mistake is: in the same line, in the next one, in the value itself, or in the form of the text. */
const files: readonly ((place: string) => string)[] = [
  (place) => `tools: {x: {description: a, command: ping, wrong: 1, ${place}}}\n`,
  (place) => `tools: {x: {description: a, command: ping, ${place}, timeout: soon}}\n`,
  (place) => `tools:\n  x:\n    description: a\n    command: ping\n    ${place}\n    wrong: 1\n`,
  (place) => `tools:\n  x: {description: a, command: ping, ${place}}\n  y: 1\n`,
  (place) => `tools:\n  x:\n    timeout: soon\n    ${place}\n  y: *alias\n`,
  (place) => `tools:\n  x:\n    ${place}\n  \ty: 1\n`,
  (place) => `tools:\n  x:\n    ${place} }\n`,
  (place) => `tools:\n  x: {${place}, ${place}}\n`,
  (place) => `tools:\n  - {${place}}\n`,
  (place) => `wrong: {${place}}\n`,
];

/** Values of several lines, after `env:`; the mistake is in the line that follows. */
const styles: readonly ((secret: string) => string)[] = [
  (secret) => `A: |\n        one\n        ${secret}\n      b: \u0007`,
  (secret) => `A: >-\n        port: ${secret}\n        host: ${secret}\n      port: [1]`,
  (secret) => `A: "one\n        ${secret}"\n      b: {}`,
  (secret) => `A: one\n        ${secret} # ${secret}\n      b: [ ]`,
  (secret) => `host: &a ${secret}\n      b: *a`,
  (secret) => `host: ${secret}\n      b: "open\n`,
];

const secrets = fc.stringMatching(/^Zq[A-Za-z0-9_+/-]{12,40}zQ$/);

/** One mistake at all places. */
const groups: readonly (readonly ((secret: string) => string)[])[] = [
  ...files.map((file) => places.map((place) => (secret: string) => file(place(secret)))),
  styles.map(
    (style) => (secret: string) =>
      `tools:\n  x:\n    description: a\n    command: ping\n    env:\n      ${style(secret)}\n    wrong: 1\n`,
  ),
];

test.each(groups.map((texts, mistake) => ({ texts, mistake })))(
  'no problem repeats any part of a secret, for mistake $mistake',
  async ({ texts }) => {
    await fc.assert(
      fc.asyncProperty(secrets, async (secret) => {
        for (const text of texts) {
          const error = await loadError(text(secret));
          const shown = `${error.message}\n${JSON.stringify(error.problems)}`;
          expect(shown).not.toContain(secret.slice(0, 6));
          expect(shown).not.toContain(secret.slice(-6));
        }
      }),
      { numRuns: 1 },
    );
  },
);
