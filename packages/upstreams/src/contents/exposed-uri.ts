/** The address under which a resource of an upstream is offered: reversible, and with the key in it, so that no two upstreams share one. */

const UI = 'ui://';

/** `ui://x` becomes `ui://KEY/x`, because clients know this scheme; every other `URI` becomes `KEY+URI`. */
export function exposedUri(key: string, uri: string): string {
  return uri.startsWith(UI) ? `${UI}${key}/${uri.slice(UI.length)}` : `${key}+${uri}`;
}

/** The upstream's own address; undefined for one that is not of this upstream. */
export function ownUri(key: string, exposed: string): string | undefined {
  if (exposed.startsWith(`${UI}${key}/`)) return UI + exposed.slice(UI.length + key.length + 1);
  return exposed.startsWith(`${key}+`) ? exposed.slice(key.length + 1) : undefined;
}
