import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { defineCommandTool, testTool, type FlagType } from '../index.ts';

/** The argument list put together a second time, by plain concatenation of what the caller sent. */
const flags: Readonly<Record<string, FlagType>> = {
  '-n': 'none',
  '-W': { type: 'integer', min: 1, max: 10 },
  '-i': { type: 'number', min: 0.2, max: 5 },
  '-t': { type: 'enum', values: ['A', 'MX'] },
  '--note': { type: 'text', maxLength: 20 },
  '-p': { type: 'ports' },
};
const definition = defineCommandTool({
  name: 'probe',
  description: 'Probes',
  command: '/bin/echo',
  target: 'ip',
  args: ['fixed', '-c', '{count}', '{extraArgs}', '{label}', '--', '{target}'],
  parameters: { count: { type: 'integer', min: 1, max: 20 }, label: { type: 'string', maxLength: 10 } },
  flags,
});

const text = fc.oneof(
  fc.string(),
  fc.constantFrom('1', '0.5', 'A', '-n', '22,80', 'x', '--', '$(id)', ';', '|', '\n', '"', "'", '\\'),
);
const token = fc.oneof(fc.constantFrom(...Object.keys(flags)), text);

test('a started program has exactly the template with the caller’s checked bytes, and nothing else is ever started', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.constantFrom('10.0.0.5', '192.168.1.1'), text),
      fc.oneof(fc.integer({ min: -3, max: 30 }), text),
      text,
      fc.array(token, { maxLength: 5 }),
      async (target, count, label, extraArgs) => {
        const kit = testTool(definition);
        const { ok, error } = await kit.call({ target, count, label, extraArgs });
        const whole = ['/bin/echo', 'fixed', '-c', `${count}`, ...extraArgs, label, '--', target];
        expect([error?.type, kit.started]).toEqual(ok ? [undefined, [whole]] : ['validation_error', []]);
      },
    ),
    { numRuns: 3000 },
  );
});

test('free arguments that pass are flags of the table with a value each where one is due', async () => {
  const valued = fc.tuple(
    fc.constantFrom('-W', '-i', '-t', '--note', '-p'),
    fc.constantFrom('1', '0.5', 'A', 'MX', 'hello', '22,80'),
  );
  const pieces = fc.array(fc.oneof(fc.constant(['-n']), valued), { maxLength: 5 }).map((list) => list.flat());
  await fc.assert(
    fc.asyncProperty(pieces, async (extraArgs) => {
      const kit = testTool(definition);
      const asList = await kit.call({ target: '10.0.0.5', count: 1, label: 'x', extraArgs });
      const asText = await kit.call({ target: '10.0.0.5', count: 1, label: 'x', extraArgs: extraArgs.join(' ') });
      expect(asText.ok).toBe(asList.ok);
      // Too few that pass fail the run, so that it cannot succeed without having compared any.
      fc.pre(asList.ok);
      expect(kit.started[0]).toEqual(kit.started[1]);
      const names = extraArgs.filter((part) => Object.hasOwn(flags, part));
      expect(new Set(names).size).toBe(names.length);
    }),
    { numRuns: 150 },
  );
});
