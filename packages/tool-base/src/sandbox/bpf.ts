/** A small assembler for classic BPF, the language of seccomp filters. Labels only point forward, as the kernel asks. */

const LOAD_WORD = 0x20;
const JUMP_IF_EQUAL = 0x15;
const JUMP_IF_AT_LEAST = 0x35;
const JUMP_IF_ANY_BIT = 0x45;
const RETURN = 0x06;
const INSTRUCTION_BYTES = 8;
const MAX_DISTANCE = 255;

interface Instruction {
  readonly code: number;
  readonly value: number;
  readonly whenTrue?: string | undefined;
  readonly whenFalse?: string | undefined;
}

export class BpfProgram {
  readonly #instructions: Instruction[] = [];
  readonly #labels = new Map<string, number>();

  label(name: string): this {
    if (this.#labels.has(name)) throw new RangeError(`The label ${name} is there twice.`);
    this.#labels.set(name, this.#instructions.length);
    return this;
  }

  /** The 32-bit word at an offset of the input becomes what the jumps compare. */
  load(offset: number): this {
    return this.#add({ code: LOAD_WORD, value: offset });
  }

  /** Without a label the next instruction follows. */
  ifEqual(value: number, whenTrue?: string, whenFalse?: string): this {
    return this.#add({ code: JUMP_IF_EQUAL, value, whenTrue, whenFalse });
  }

  ifAtLeast(value: number, whenTrue?: string, whenFalse?: string): this {
    return this.#add({ code: JUMP_IF_AT_LEAST, value, whenTrue, whenFalse });
  }

  /** Whether a bit of the mask is set. */
  ifAnyBit(mask: number, whenTrue?: string, whenFalse?: string): this {
    return this.#add({ code: JUMP_IF_ANY_BIT, value: mask, whenTrue, whenFalse });
  }

  return(value: number): this {
    return this.#add({ code: RETURN, value });
  }

  /**
   * Eight bytes an instruction: u16 code, u8 jump if true, u8 jump if false, u32 value, little-endian.
   *
   * @throws {RangeError} for a label that is missing, behind, or too far
   */
  assemble(): Buffer {
    const bytes = Buffer.alloc(this.#instructions.length * INSTRUCTION_BYTES);
    for (const [index, { code, value, whenTrue, whenFalse }] of this.#instructions.entries()) {
      const at = index * INSTRUCTION_BYTES;
      bytes.writeUInt16LE(code, at);
      bytes[at + 2] = this.#distance(index, whenTrue);
      bytes[at + 3] = this.#distance(index, whenFalse);
      bytes.writeUInt32LE(value >>> 0, at + 4);
    }
    return bytes;
  }

  #add(instruction: Instruction): this {
    this.#instructions.push(instruction);
    return this;
  }

  #distance(from: number, label: string | undefined): number {
    if (label === undefined) return 0;
    const distance = (this.#labels.get(label) ?? -1) - from - 1;
    if (distance < 0 || distance > MAX_DISTANCE) throw new RangeError(`The label ${label} cannot be reached.`);
    return distance;
  }
}
