/** Where a value came from. Lines and columns count from 1; a column counts UTF-16 code units. */
export type Origin =
  | { readonly source: 'default' }
  | { readonly source: 'file'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly source: 'environment'; readonly variable: string }
  | { readonly source: 'flag'; readonly flag: string }
  | { readonly source: 'memory'; readonly name: string };

export const defaultOrigin: Origin = Object.freeze({ source: 'default' });

/** `config.yaml:3:9`, `MCP_SERVER_PORT`, `--port`, or `default`: the form editors and terminals make clickable. */
export function originText(origin: Origin): string {
  switch (origin.source) {
    case 'default':
      return 'default';
    case 'file':
      return `${origin.file}:${origin.line}:${origin.column}`;
    case 'environment':
      return origin.variable;
    case 'flag':
      return origin.flag;
    case 'memory':
      return origin.name;
  }
}
