/** What servers behind one load balancer share. */
import { choice, duration, group, list, optional, secret, text, type Field } from '@mcp/config';

import type { ClusterConfig } from '../shape/server-config.ts';

/** Fewer different characters in 32 or more are a text that somebody typed. */
const MIN_DIFFERENT_CHARACTERS = 8;

const RELOAD = 'restart';

export const clusterSection: Field<ClusterConfig> = group<ClusterConfig>(
  {
    url: secret({
      doc: 'Redis 6.2 or newer, or Valkey, through which servers share limits, switches, events and ended sessions: redis://:PASSWORD@HOST:6379, rediss:// with TLS. Empty: this server runs alone.',
      default: '',
      minLength: 0,
      maxLength: 2048,
      reload: RELOAD,
      expected:
        "'' (alone), redis://HOST:PORT or rediss://HOST:PORT, with :PASSWORD@ before the host and /DATABASE after the port if needed; special characters of the password percent-encoded (%23 for #)",
      accepts: isEngineUrl,
    }),
    name: text({
      doc: 'Servers with the same name on one engine belong together; begins every key there.',
      default: 'mcp',
      maxLength: 64,
      pattern: /^[A-Za-z0-9_.-]+$/,
      expected: 'a name of letters, digits, _ . and -',
      reload: RELOAD,
    }),
    replica: optional(
      text({
        doc: 'Name of this server in events. Unset: host, process id and six random digits.',
        maxLength: 128,
        pattern: /^[A-Za-z0-9_.-]+$/,
        expected: 'a name of letters, digits, _ . and -',
        reload: RELOAD,
      }),
    ),
    timeout: duration({
      doc: 'How long a call waits for the engine, at most; then this server decides alone. After three such waits calls do not wait until the engine answers again.',
      min: 0.01,
      max: 5,
      default: 0.15,
      reload: RELOAD,
    }),
    startTimeout: duration({
      doc: 'How long a start waits for the engine before it fails: a server that does not know which tools are disabled serves nothing.',
      min: 0,
      max: 300,
      default: 30,
      reload: RELOAD,
    }),
    secrets: list(
      secret({
        doc: 'A secret, for example from openssl rand -hex 32.',
        minLength: 32,
        maxLength: 512,
        // Without a comma, which separates the entries in a variable.
        pattern: /^[!-+\--~]+$/,
        expected: 'a random text of 32 to 512 visible ASCII characters without spaces and commas',
        accepts: (text) => new Set(text).size >= MIN_DIFFERENT_CHARACTERS,
      }),
      {
        doc: 'Seal session ids and the state of input requests. Servers with the same secrets continue what another of them began. The first seals, all open: to replace a secret, add the new one last on every server, then move it first, then remove the old. Unset: a secret that this machine keeps in a file.',
        default: [],
        maxItems: 3,
        unique: true,
        reload: RELOAD,
      },
    ),
    breakers: choice(['off', 'primed', 'any'], {
      doc: 'What the breaker of a target (scope: target) does for as long as that of the same target is open on another server or worker after timeouts or execution errors: nothing (off), open after one failure (primed), be open as well (any).',
      default: 'off',
    }),
  },
  { doc: 'Several servers behind one load balancer.' },
);

/** Nothing after a `?`: the client library would take its settings from there. */
function isEngineUrl(text: string): boolean {
  if (text === '') return true;
  const url = URL.parse(text);
  // A comma separates the nodes of a list, which is not asked.
  if (url === null || !/^rediss?:$/.test(url.protocol) || !/^[^,]+$/.test(url.hostname)) return false;
  return (
    /^(?:\/\d{0,5})?$/.test(url.pathname) &&
    !/[?#]/.test(text) &&
    isDecodable(url.username) &&
    isDecodable(url.password)
  );
}

/** A percent sign begins two hexadecimal digits. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
