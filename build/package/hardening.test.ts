import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const PT_DYNAMIC = 2;
const PT_GNU_STACK = 0x6474e551;
const PT_GNU_RELRO = 0x6474e552;
const PF_EXECUTE = 1;
const DT_FLAGS = 30n;
const DF_BIND_NOW = 8n;
const ET_DYN = 3;

/** Kind, flags and bytes of each segment of a 64-bit little-endian ELF file. */
function segmentsOf(elf: Buffer): { kind: number; flags: number; bytes: Buffer }[] {
  const [at, size, count] = [Number(elf.readBigUInt64LE(32)), elf.readUInt16LE(54), elf.readUInt16LE(56)];
  return Array.from({ length: count }, (_, i) => {
    const head = elf.subarray(at + i * size);
    const from = Number(head.readBigUInt64LE(8));
    return {
      kind: head.readUInt32LE(0),
      flags: head.readUInt32LE(4),
      bytes: elf.subarray(from, from + Number(head.readBigUInt64LE(32))),
    };
  });
}

function dynamicFlags(dynamic: Buffer): bigint {
  for (let i = 0; i + 16 <= dynamic.length; i += 16)
    if (dynamic.readBigUInt64LE(i) === DT_FLAGS) return dynamic.readBigUInt64LE(i + 8);
  return 0n;
}

test.skipIf(process.platform !== 'linux').each(['native-parse.node', 'tracewell'])(
  'E7.5: %s has no stack that runs, is moved about, and what is linked cannot be written to',
  (name) => {
    const file = path.resolve(__dirname, '../../dist/native', name);
    expect(existsSync(file)).toBe(true);
    const elf = readFileSync(file);
    expect(elf.subarray(0, 6).toString('latin1')).toBe('\x7fELF\x02\x01');
    expect(elf.readUInt16LE(16)).toBe(ET_DYN);
    const segments = segmentsOf(elf);
    const one = (kind: number) => segments.find((s) => s.kind === kind);
    expect((one(PT_GNU_STACK)?.flags ?? PF_EXECUTE) & PF_EXECUTE).toBe(0);
    expect(one(PT_GNU_RELRO)).toBeDefined();
    expect(dynamicFlags(one(PT_DYNAMIC)?.bytes ?? Buffer.alloc(0)) & DF_BIND_NOW).toBe(DF_BIND_NOW);
  },
);
