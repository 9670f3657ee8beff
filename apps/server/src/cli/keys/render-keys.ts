/** A key as `mcp-server keys list` shows it. */
export interface ListedKey {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly source: 'key store' | 'configuration' | 'generated';
  /** ISO 8601; only of stored keys. */
  readonly createdAt?: string;
  readonly expiresAt?: string;
  readonly expired?: boolean;
}

export function renderKeys(keys: readonly ListedKey[], file: string): string {
  if (keys.length === 0) return `There are no keys. Key store: ${file}\n`;
  const rows = [
    ['NAME', 'SOURCE', 'CREATED', 'EXPIRES', 'SCOPES'],
    ...keys.map(({ name, source, createdAt, expiresAt, expired, scopes }) => [
      name,
      source,
      dateOf(createdAt) ?? '-',
      expired ? `${dateOf(expiresAt)} (expired)` : (dateOf(expiresAt) ?? 'never'),
      scopes.join(', '),
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return `${lines.join('\n')}\n\nKey store: ${file}\n`;
}

function dateOf(timestamp: string | undefined): string | undefined {
  return timestamp?.slice(0, 10);
}
