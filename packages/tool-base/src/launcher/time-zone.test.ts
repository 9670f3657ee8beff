import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { timeZoneOf } from './time-zone.ts';

const folder = mkdtempSync(join(tmpdir(), 'time-zone-'));
afterAll(() => rmSync(folder, { recursive: true }));

function linkTo(target: string): string {
  const path = join(folder, target.replaceAll('/', '_'));
  symlinkSync(target, path);
  return path;
}

test.each(['Europe/Berlin', 'UTC', 'CET-1CEST,M3.5.0,M10.5.0/3', '<+0330>-3:30', 'Etc/GMT+5'])(
  'TZ=%s is kept',
  (zone) => {
    expect(timeZoneOf(zone, linkTo(`/usr/share/zoneinfo/Asia/${zone.length}`))).toBe(zone);
  },
);

test.each([undefined, '', '/etc/passwd', '../x', ':file', 'a b', 'x'.repeat(65)])(
  'with TZ=%j programs get the zone of the machine',
  (zone) => {
    const link = linkTo(`../usr/share/zoneinfo/America/Zone_${String(zone).length}_${zone === undefined}`);
    expect(timeZoneOf(zone, link)).toMatch(/^America\/Zone_/);
  },
);

test('a machine whose zone has no name is in UTC', () => {
  expect(timeZoneOf(undefined, join(folder, 'none'))).toBe('UTC');
  expect(timeZoneOf(undefined, linkTo('/somewhere/else'))).toBe('UTC');
});
