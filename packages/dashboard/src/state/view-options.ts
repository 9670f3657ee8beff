import { SORT_KEYS, TOOL_FILTERS, type SortKey, type ToolFilter } from './tool-list.ts';

/** What the operator chose to see. It is part of the page's address, so that a view can be bookmarked and shared. */
export interface ViewOptions {
  /** Shows the tools with this text in the name, title or description. */
  readonly text: string;
  readonly show: ToolFilter;
  readonly sort: SortKey;
  /** Reverses the natural order of `sort`. */
  readonly reversed: boolean;
  /** The tool whose plots and details are shown; undefined for all. */
  readonly tool: string | undefined;
  /** Label of the span of the plots; '' for the default. */
  readonly span: string;
  /** Shows only the calls that failed or were rejected. */
  readonly errorsOnly: boolean;
}

export const defaultOptions: ViewOptions = {
  text: '',
  show: 'all',
  sort: 'problems',
  reversed: false,
  tool: undefined,
  span: '',
  errorsOnly: false,
};

/** @param hash of an address, with or without `#`; what is unknown in it is ignored */
export function parseOptions(hash: string): ViewOptions {
  const given = new URLSearchParams(hash.replace(/^#/u, ''));
  return {
    text: given.get('q') ?? '',
    show: oneOf(TOOL_FILTERS, given.get('show')) ?? defaultOptions.show,
    sort: oneOf(SORT_KEYS, given.get('sort')) ?? defaultOptions.sort,
    reversed: given.get('order') === 'reversed',
    tool: given.get('tool') ?? undefined,
    span: given.get('span') ?? '',
    errorsOnly: given.get('calls') === 'errors',
  };
}

/** @returns the hash without `#`; '' for the defaults */
export function formatOptions({ text, show, sort, reversed, tool, span, errorsOnly }: ViewOptions): string {
  const parts = new URLSearchParams();
  if (text !== '') parts.set('q', text);
  if (show !== defaultOptions.show) parts.set('show', show);
  if (sort !== defaultOptions.sort) parts.set('sort', sort);
  if (reversed) parts.set('order', 'reversed');
  if (tool !== undefined) parts.set('tool', tool);
  if (span !== '') parts.set('span', span);
  if (errorsOnly) parts.set('calls', 'errors');
  return parts.toString();
}

function oneOf<T extends string>(allowed: readonly T[], text: string | null): T | undefined {
  return allowed.find((each) => each === text);
}
