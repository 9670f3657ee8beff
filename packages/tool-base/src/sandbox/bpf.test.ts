import { expect, test } from 'vitest';
import { BpfProgram } from './bpf.ts';

test('an instruction is code, two jump distances and a value, little-endian', () => {
  const program = new BpfProgram().load(4).ifEqual(0xc000_003e, undefined, 'kill').return(0x7fff_0000);
  expect(program.label('kill').return(0x8000_0000).assemble().toString('hex')).toBe(
    ['2000000004000000', '150000013e0000c0', '060000000000ff7f', '0600000000000080'].join(''),
  );
});

test('a label that is behind, missing or too far is refused', () => {
  const far = new BpfProgram().ifEqual(1, 'end');
  for (let index = 0; index < 256; index += 1) far.return(0);
  expect(() => far.label('end').return(0).assemble()).toThrow('The label end cannot be reached.');
  expect(() => new BpfProgram().ifEqual(1, 'nowhere').assemble()).toThrow('nowhere');
  expect(() => new BpfProgram().label('back').ifEqual(1, 'back').assemble()).toThrow('back');
  expect(() => new BpfProgram().label('a').label('a')).toThrow('twice');
});
