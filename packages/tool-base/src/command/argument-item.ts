/** An item of `args`; `{ literal: '{name}' }` is fixed text in which braces have no meaning. */
export type ArgumentItem = string | { readonly literal: string };
