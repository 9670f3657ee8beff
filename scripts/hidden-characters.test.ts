// Characters that hide or control are listed in one file; packages that import no other have the same expression. Every channel by
// which text leaves goes by it; e2e/channels tries the same through the built server.
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';

import { cleanText } from '../apps/server/src/observability/audit/clean-text.ts';
import { escapeJsonLine, escapePrettyLine } from '../apps/server/src/observability/log/safe-line.ts';
import { pretty } from '../apps/server/src/cli/call/render-result.ts';
import { terminalText } from '../apps/server/src/cli/call/terminal-text.ts';
import { visibleText } from '../packages/config/src/describe/visible-text.ts';
import { plainLines, plainText } from '../packages/dashboard/src/text/plain-text.ts';
import { safeText } from '../packages/health/src/safe-text.ts';
import { isLabelValue } from '../packages/metrics/src/label-value.ts';
import { problemsOf } from '../packages/tool-base/src/declare/tool-definition.ts';
import { hasHidden } from '../packages/tool-base/src/hidden-characters.ts';
import { sanitizeText } from '../packages/tool-base/src/result/sanitize-text.ts';

const FILE = 'hidden-characters.ts';
const LIST = `packages/tool-base/src/${FILE}`;
const sources = globSync('{packages,apps}/*/src/**/*.ts')
  .filter((file) => !/\.test(?:-d)?\.ts$|\/(?:test-support|testing)\//u.test(file))
  .sort();

test('packages that import no other have one expression', async () => {
  const files = sources.filter((file) => basename(file) === FILE && file !== LIST);
  const modules = await Promise.all(files.map((file) => import(`../${file}`) as Promise<{ readonly HIDDEN: RegExp }>));
  expect(files).toHaveLength(4);
  expect(new Set(modules.map(({ HIDDEN }) => String(HIDDEN))).size).toBe(1);
});

/** Files with characters of the list for another purpose. */
const OTHERS: Readonly<Record<string, string>> = {
  'packages/tool-base/src/command/path-value.ts':
    'a published pattern, which every engine of regular expressions reads',
  'packages/tool-base/src/command/text-value.ts':
    'a published pattern, which every engine of regular expressions reads',
  'packages/tool-base/src/result/sanitize-text.ts': 'escape sequences, and what separates lines',
  'packages/upstreams/src/contents/listed-contents.ts': 'line ends and tabs in a name, which is refused for them',
  'packages/upstreams/src/listing/clean-texts.ts': 'those that withhold a tool, since they serve only to hide text',
  'packages/upstreams/src/listing/listed-tool.ts': 'line ends and tabs in a name, which is refused for them',
};

test('no other file lists such characters', () => {
  const lists = /\\p\{(?:C|Cc|Cf|Cs|Zl|Zp|Variation_Selector|Default_\w+)\}|\\u(?:2028|202a|202e|200b)|\\x7f-/u;
  const found = sources.filter((file) => basename(file) !== FILE && lists.test(withoutComments(file)));
  expect(found).toEqual(Object.keys(OTHERS));
});

function withoutComments(file: string): string {
  return readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*/gmu, '');
}

/** All code points that Unicode lets hide or control, and its halves of characters. */
const HIDDEN = Array.from({ length: 0x11_0000 }, (_, code) => String.fromCodePoint(code)).filter((character) =>
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/u.test(character),
);
const DRAWN = [
  'größe 大小 😀 <b>',
  'می\u200cخواهم',
  'क्\u200dष',
  '👩\u200d💻 ⚠\ufe0f 1\ufe0f\u20e3',
  'ا\u0600 \u{1f3f3}\ufe0f\u200d🌈',
  '≨\ufe00 㐂\ufe01',
];

/** What each channel makes of a text. What it may keep of lines is in `lines`. */
const CHANNELS: Readonly<Record<string, { readonly of: (text: string) => string; readonly lines?: string }>> = {
  'result of a tool, prompt, resource, error': { of: (text) => sanitizeText(text).text, lines: '\t\n' },
  'log in JSON': { of: (text) => escapeJsonLine(JSON.stringify({ msg: text })) },
  'log in JSON, its end': { of: (text) => escapeJsonLine(`${JSON.stringify({ msg: text })}\n`), lines: '\n' },
  'pretty log': { of: (text) => (JSON.parse(escapePrettyLine(JSON.stringify({ msg: text }))) as { msg: string }).msg },
  'audit trail': { of: (text) => cleanText(text, 1000) },
  'output of a command at a terminal': { of: terminalText, lines: '\t\n' },
  'output of a command in JSON': { of: (text) => pretty({ text }), lines: '\n' },
  'message about the configuration': { of: visibleText },
  'message of a health check': { of: safeText },
  dashboard: { of: plainText },
  'dashboard, several lines': { of: plainLines, lines: '\n' },
};

describe.each(Object.entries(CHANNELS))('%s', (_, { of, lines = '' }) => {
  test('shows no hidden character', () => {
    const kept = HIDDEN.filter((character) => {
      const shown = of(`a${character}b`);
      return hasHidden(Array.from(shown, (each) => (lines.includes(each) ? '' : each)).join(''));
    });
    expect(kept.map((character) => character.codePointAt(0)?.toString(16))).toEqual([]);
  });

  test('keeps words and emoji', () => {
    for (const text of DRAWN) expect(of(text)).toContain(text);
  });
});

test('a name with a hidden character is refused: labels of metrics and descriptions of tools', () => {
  const describe = (description: string): readonly string[] => problemsOf({ name: 'a', description });
  const allowed = HIDDEN.filter((character) => {
    const isLine = character === '\n';
    return isLabelValue(`a${character}b`) || (!isLine && describe(`a${character}b`).length === 0);
  });
  expect(allowed).toEqual([]);
  for (const text of DRAWN) expect([isLabelValue(text), describe(text)]).toEqual([true, []]);
});
