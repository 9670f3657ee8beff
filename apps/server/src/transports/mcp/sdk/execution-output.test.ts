/** The output of a job in pages, as the tool `execution_output` and as the resource `mcp://executions/{id}/{stream}`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { callTool, defineTool, fromJsonSchema, Tool } from '@mcp/tool-base';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { CallLimit } from '../../../calls/call-limit.ts';
import type { ExecutionSource } from '../../../calls/execution-tools/execution-source.ts';
import { outputTool } from '../../../calls/execution-tools/output-tool.ts';
import { JobCalls } from '../../../calls/job-calls.ts';
import { executionResource } from '../../../catalog/execution-resources.ts';
import { settled, TestJobs } from '../../../jobs/test-support/test-jobs.ts';
import { testDependencies } from '../test-support/test-dependencies.ts';
import { ResourceCatalog } from './connection/resource-catalog.ts';

const ann = { name: 'ann', scopes: ['tools:call'] };

let folder: string;
let started: TestJobs;
let calls: JobCalls;
let catalog: ResourceCatalog;
let id: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'output-'));
  started = new TestJobs({ folder });
  const tool = defineTool({
    name: 'work',
    description: 'Works',
    job: { mode: 'auto' },
    input: fromJsonSchema({ type: 'object' }),
    run: () => 'done',
  });
  const { gateway } = testDependencies([tool], new CallLimit(10));
  calls = new JobCalls(gateway, () => Promise.resolve(started.jobs));
  catalog = new ResourceCatalog([executionResource(calls)]);
  ({ id } = await started.create('ann', { maxOutputBytes: 1000 }));
});
afterEach(async () => {
  await started[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

function print(bytes: string | Uint8Array, stream: 'stdout' | 'stderr' = 'stdout'): void {
  started.runs[0]?.execution.allowance.keepOutput(stream, typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
}

function source(): ExecutionSource {
  const cancel = (given: string): Promise<void> => started.jobs.cancel(given, ann.name);
  return { jobs: () => calls.jobs(), find: (given) => calls.find(given, ann), cancel };
}

async function page(values: object): Promise<string[]> {
  const tool = new Tool(outputTool(source()), {});
  const result = await callTool(tool, { caller: ann, arguments: { executionId: id, ...values } });
  return result.content.map((block) => ('text' in block ? block.text : block.type));
}

describe('execution_output', () => {
  test('reads a running job in parts that never split a character, and says where the next begins', async () => {
    print('äöü'.repeat(8));
    expect(await page({ limit: 17 })).toEqual(['äöüäöüäö', '[bytes 0 to 15 of 48; the next part begins at offset 16]']);
    expect(await page({ offset: 16 })).toEqual(['ü' + 'äöü'.repeat(5), '[bytes 16 to 47 of 48]']);
    expect(await page({ offset: 48 })).toEqual(['[no output from byte 48 on; 48 bytes so far]']);
  });

  test('reads the other stream, and bytes that are no text in base64', async () => {
    print('a warning', 'stderr');
    print(Uint8Array.of(0xff, 0xfe, 0x00, 0x01, 0xff));
    expect((await page({ stream: 'stderr' }))[0]).toBe('a warning');
    expect((await page({}))[1]).toContain('in base64');
  });

  test('says that output was removed, and that the result was not', async () => {
    const removed = { find: async () => ({ ...(await started.jobs.get(id))!, outputRemoved: true }) };
    const tool = new Tool(outputTool({ ...source(), ...removed }), {});
    const { error } = await callTool(tool, { caller: ann, arguments: { executionId: id } });
    expect(error).toMatchObject({ type: 'tool_error', suggestion: expect.stringContaining('execution_status') });
  });
});

describe('the resource', () => {
  const read = (query = '', principal = ann): Promise<unknown> =>
    catalog.read(`mcp://executions/${id}/stdout${query}`, { principal });

  test('has pages with their place', async () => {
    print('x'.repeat(100));
    expect(await read('?limit=40&offset=20')).toEqual([
      {
        uri: `mcp://executions/${id}/stdout?limit=40&offset=20`,
        mimeType: 'text/plain',
        text: 'x'.repeat(40),
        _meta: { 'mcp-server/page': { offset: 20, bytes: 40, total: 100, next: 60 } },
      },
    ]);
    expect(await read('?offset=60')).toMatchObject([
      { _meta: { 'mcp-server/page': { offset: 60, bytes: 40, total: 100 } } },
    ]);
    expect(await read()).toMatchObject([{ text: 'x'.repeat(100) }]);
  });

  test('has bytes that are no text as a blob', async () => {
    print(Uint8Array.of(0xff, 0x00));
    started.runs[0]?.end();
    await settled();
    expect(await read()).toMatchObject([{ mimeType: 'application/octet-stream', blob: '/wA=' }]);
  });

  test.each(['?limit=15', '?limit=262145', '?offset=x', '?page=2'])('refuses the range %s', async (query) => {
    await expect(read(query)).rejects.toMatchObject({ code: -32_602 });
  });

  test('is not there for anybody else, nor with another scope, nor under an id that never was', async () => {
    await expect(read('', { name: 'bob', scopes: ['tools:call'] })).rejects.toThrow('not found');
    await expect(read('', { name: 'ann', scopes: ['tools:call:other'] })).rejects.toThrow('not found');
    await expect(catalog.read(`mcp://executions/${'A'.repeat(27)}/stdout`, { principal: ann })).rejects.toThrow(
      'not found',
    );
  });

  test('is listed for those who may call a tool with jobs', () => {
    expect(catalog.templates(ann).map(({ name }) => name)).toEqual(['execution-output']);
    expect(catalog.templates({ name: 'ann', scopes: ['tools:call:other'] })).toEqual([]);
  });
});
