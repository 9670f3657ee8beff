import { readlinkSync } from 'node:fs';

/** The name of a zone, or its POSIX form such as `CET-1CEST,M3.5.0,M10.5.0/3`; not the name of a file. */
const TIME_ZONE = /^[A-Za-z0-9_+<][A-Za-z0-9_+<>,.:/-]{0,63}$/;

/**
 * The time zone that programs get, so that their dates are those of the server's machine.
 * @param variable the server's `TZ`
 * @param localTime the link that names the zone of the machine
 * @returns `TZ`, else the zone of the machine, else UTC
 */
export function timeZoneOf(variable: string | undefined, localTime = '/etc/localtime'): string {
  if (variable !== undefined && TIME_ZONE.test(variable)) return variable;
  return zoneOfMachine(localTime) ?? 'UTC';
}

function zoneOfMachine(localTime: string): string | undefined {
  try {
    const [, zone = ''] = readlinkSync(localTime).split('/zoneinfo/');
    return TIME_ZONE.test(zone) ? zone : undefined;
  } catch {
    // Not a link: the zone has no name.
    return undefined;
  }
}
