import { expect, test } from 'vitest';

import { llmsText } from '../../docs/reference/llms.ts';

const README = '# A `server`\n\n**Gives** an agent\n[tools](x.md), v1.5. More.\n';

test('every document has a line under its part, with the first sentence of its prose', () => {
  const files: Record<string, string> = {
    'docs/jobs.md': '# Jobs\n\n```sh\nNot this.\n```\n\nRuns that outlast\ntheir request. More.\n',
    'docs/table.md': '# A table\n\n| a | b |\n| - | - |\n',
  };
  expect(llmsText(README, { Use: ['docs/jobs.md'], Read: ['docs/table.md'] }, (file) => files[file] ?? '')).toBe(
    `# A server

> **Gives** an agent tools, v1.5.

## Use

- [Jobs](markdown/docs/jobs.md): Runs that outlast their request.

## Read

- [A table](markdown/docs/table.md)
`,
  );
});
