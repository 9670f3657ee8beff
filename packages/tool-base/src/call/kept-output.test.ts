import { describe, expect, test } from 'vitest';
import { callTool, defineCommandTool, defineTool, Tool, toolContent, ToolError, type ToolResult } from '../index.ts';
import type { KeepOverflow, OutputStream, ReadHint } from '../index.ts';
import { directLauncher } from '../launcher/direct-launcher.ts';

const LIMIT = 1000;
const caller = { name: 'ann' };

const printing = (script: string): Tool =>
  new Tool(
    defineCommandTool({
      name: 'print',
      description: 'Prints',
      command: '/bin/sh',
      allowInterpreter: true,
      args: ['-c', script],
    }),
    { launcher: directLauncher(), defaults: { maxOutputBytes: LIMIT } },
  );

const returning = (run: () => unknown): Tool =>
  new Tool(
    defineTool({
      name: 'text',
      description: 'Returns',
      input: { type: 'object', properties: {} },
      limits: { maxOutputBytes: LIMIT },
      run,
    }),
  );

const hint: ReadHint = (stream, offset) => `read ${stream} from ${offset}`;

class Kept {
  opened = 0;
  closed = 0;
  readonly bytes: Record<OutputStream, Buffer> = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };

  keep({ fails = false } = {}): KeepOverflow {
    return () => {
      this.opened += 1;
      return {
        write: (stream, bytes) => void (this.bytes[stream] = Buffer.concat([this.bytes[stream], bytes])),
        close: async () => {
          this.closed += 1;
          return fails ? undefined : hint;
        },
      };
    };
  }
}

const textIn = (result: ToolResult): string =>
  result.content.map((block) => (block.type === 'text' ? block.text : '')).join('\n');

describe('output that a result is too small for', () => {
  test('of a program is kept to its last byte, and the line in its place says how to read it from there', async () => {
    const kept = new Kept();
    const result = await callTool(printing('seq 1 1000; echo problem >&2'), { caller, keepOverflow: kept.keep() });
    const all = Array.from({ length: 1000 }, (_, index) => `${index + 1}\n`).join('');
    expect(kept.bytes.stdout.toString()).toBe(all);
    expect(kept.bytes.stderr.toString()).toBe('problem\n');
    const text = String(result.structured['stdout']);
    const offset = Number(/bytes left out here; read stdout from (?<offset>\d+)\]/.exec(text)?.groups?.['offset']);
    expect(text.slice(0, text.indexOf('['))).toBe(all.slice(0, offset));
    expect([kept.opened, kept.closed]).toEqual([1, 1]);
    expect(JSON.stringify(result.content).length).toBeLessThan(2 * LIMIT);
  });

  test('of a program is kept as it printed it, where it is no text', async () => {
    const kept = new Kept();
    const result = await callTool(printing("head -c 600 /dev/zero | tr '\\0' '\\377'"), {
      caller,
      keepOverflow: kept.keep(),
    });
    expect(kept.bytes.stdout.equals(Buffer.alloc(600, 255))).toBe(true);
    expect(textIn(result)).toContain('read stdout from 0]');
  });

  test('of a function is kept, also beside an error and in several blocks', async () => {
    const long = 'x'.repeat(700);
    const blocks = toolContent({ content: [long, long].map((text) => ({ type: 'text', text })) });
    const failing = (): never => {
      throw new ToolError('tool_error', 'no', { output: blocks });
    };
    for (const run of [() => long + long, () => blocks, failing]) {
      const kept = new Kept();
      const result = await callTool(returning(run), { caller, keepOverflow: kept.keep() });
      expect(kept.bytes.stdout.toString()).toBe(long + long);
      expect(textIn(result)).toMatch(/\[\d+ of \d+ bytes left out here; read stdout from \d+\]/);
    }
  });

  test('of a function that runs as a job goes where the output of its job goes', async () => {
    const pieces: Uint8Array[] = [];
    const long = 'x'.repeat(1400);
    const result = await callTool(
      returning(() => long),
      {
        caller,
        allowance: {
          timeoutMs: 1000,
          maxOutputBytes: LIMIT,
          maxReadBytes: 10_000,
          keepOutput: (_, bytes) => void pieces.push(bytes),
          readHint: hint,
        },
      },
    );
    expect(Buffer.concat(pieces).toString()).toBe(long);
    expect(textIn(result)).toContain('read stdout from');
  });

  test('that could not be kept is reported as left out', async () => {
    const kept = new Kept();
    const nowhere = await callTool(printing('seq 1 1000'), { caller, keepOverflow: () => undefined });
    const failed = await callTool(printing('seq 1 1000'), { caller, keepOverflow: kept.keep({ fails: true }) });
    const without = await callTool(printing('seq 1 1000'), { caller });
    expect(textIn(without)).toContain('bytes left out here; narrow the call to see them]');
    expect([textIn(nowhere), textIn(failed)]).toEqual([textIn(without), textIn(without)]);
  });

  test('is not begun to be kept while the result has all of it', async () => {
    const kept = new Kept();
    await callTool(printing('head -c 1000 /dev/zero | tr "\\0" x'), { caller, keepOverflow: kept.keep() });
    await callTool(
      returning(() => 'ä'.repeat(500)),
      { caller, keepOverflow: kept.keep() },
    );
    expect(kept.opened).toBe(0);
  });

  test('of a program that cannot be started needs no place', async () => {
    const kept = new Kept();
    const result = await callTool(printing('exit 0'), {
      caller,
      keepOverflow: kept.keep(),
      signal: AbortSignal.abort(),
    });
    expect([result.error?.type, kept.opened]).toEqual(['cancelled', 0]);
  });
});
