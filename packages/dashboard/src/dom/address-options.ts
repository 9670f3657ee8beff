import { formatOptions, parseOptions, type ViewOptions } from '../state/view-options.ts';

/** @param onChange the operator changed the address, for example by a bookmark */
export function followAddress(onChange: (options: ViewOptions) => void): void {
  addEventListener('hashchange', () => onChange(parseOptions(location.hash)));
}

/** Puts the options into the address, without an entry in the browser's history. */
export function writeAddress(options: ViewOptions): void {
  const hash = formatOptions(options);
  if (location.hash.replace(/^#/u, '') === hash) return;
  // A relative address would be resolved against the page, with the query in it.
  history.replaceState(null, '', `${location.pathname}${location.search}${hash === '' ? '' : `#${hash}`}`);
}

export function addressOptions(): ViewOptions {
  return parseOptions(location.hash);
}
