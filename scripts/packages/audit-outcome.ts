/** An advisory that was looked at and accepted, as docs/dependencies.md lists it. */
export interface AcceptedAdvisory {
  /** `GHSA-xxxx-xxxx-xxxx` */
  readonly id: string;
  /** `YYYY-MM-DD`; from then on it counts again. */
  readonly until: string;
}

export type AuditOutcome =
  | { readonly kind: 'passed'; readonly accepted: readonly string[] }
  | { readonly kind: 'failed'; readonly reason: string }
  /** The registry gave no advisories, so nothing is known. */
  | { readonly kind: 'unknown'; readonly reason: string };

const ID = /GHSA(?:-[0-9a-z]{4}){3}/gu;

/** The rows of the table under "Accepted advisories"; a row is `| id | package | why | until |`. */
export function acceptedAdvisories(markdown: string): AcceptedAdvisory[] {
  const section = markdown.split(/^## /mu).find((each) => each.startsWith('Accepted advisories')) ?? '';
  return section.split('\n').flatMap((line) => {
    const [, id = '', , , until = ''] = line.split('|').map((cell) => cell.trim());
    return id.startsWith('GHSA-') ? [{ id, until }] : [];
  });
}

/**
 * What `pnpm audit --json` says.
 *
 * @param today `YYYY-MM-DD`
 */
export function auditOutcome(
  { code, stdout, stderr }: { readonly code: number | null; readonly stdout: string; readonly stderr: string },
  accepted: readonly AcceptedAdvisory[],
  today: string,
): AuditOutcome {
  if (!isJsonObject(stdout)) {
    const output = `${stdout}${stderr}`;
    const reason = /ERR_PNPM_AUDIT\w*|ENOTFOUND|ETIMEDOUT|ECONN\w+|ERR_PNPM_\w*FETCH\w*/u.exec(output)?.[0];
    return reason === undefined
      ? { kind: 'failed', reason: `pnpm audit ended with ${code}: ${output.trim()}` }
      : { kind: 'unknown', reason: `the registry answered no audit (${reason})` };
  }
  const found = [...new Set(stdout.match(ID))].sort();
  const current = new Set(accepted.filter(({ until }) => until > today).map(({ id }) => id));
  const open = found.filter((id) => !current.has(id));
  if (open.length > 0) return { kind: 'failed', reason: `known vulnerabilities: ${open.join(', ')}` };
  if (code !== 0 && found.length === 0) return { kind: 'failed', reason: `pnpm audit ended with ${code}: ${stdout}` };
  return { kind: 'passed', accepted: found };
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}
