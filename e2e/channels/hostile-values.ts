import type { ToolContext } from '@mcp/tool-base';

/** What nobody outside may see, text that hides or controls, and everything that can be thrown. */
export const secret: string = 's3cret-of-the-module';

/** Of each kind of hidden character one. */
const hidden = [
  '\0\u0007\b\u007f\u0085\u009b\r\u001b\ud800',
  '\u00ad\u034f\u061c\u115f\u17b4\u180b\u180e\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202e\u2060\u2065\u2066\u2069',
  '\u206f\u3164\ufe00\ufe0f\ufeff\uffa0\ufff0\ufff9\ufffe\u{1bca0}\u{1d173}\u{e0001}\u{e0041}\u{e007f}\u{e0100}',
].flatMap((text) => Array.from(text));
export const mark: string = 'hostile-mark';
const sequences = '\u001b[2Jx\u001b]8;;http://a/\u0007x\u009b31mx\n[12:00:00.000] INFO: forgedx';
export const hostileText: string = `${mark}x${sequences}${hidden.join('x')}x\udfff`;

/** What is left of them in a text, as code points; tabs and line ends may be. */
export function hiddenIn(text: string): string[] {
  const characters = Array.from(text).filter(
    (character) =>
      hidden.includes(character) || /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u.test(character),
  );
  return characters
    .filter((character) => !'\n\t'.includes(character))
    .map((character) => (character.codePointAt(0) ?? 0).toString(16));
}

const withSecrets = (error: Error): Error =>
  Object.assign(error, {
    path: `/srv/${secret}`,
    config: { headers: { authorization: secret } },
    response: { data: secret },
  });

class PolicyError extends Error {
  get detail(): string {
    return secret;
  }
  toJSON(): object {
    return { secret, message: this.message };
  }
  override toString(): string {
    return secret;
  }
}
Object.defineProperty(PolicyError.prototype, 'name', { get: () => `Policy ${secret}`, enumerable: true });

/** Makers of what is thrown, by name. */
export const thrown: Readonly<Record<string, () => unknown>> = {
  properties: () => withSecrets(new Error(secret)),
  subclass: () => withSecrets(new PolicyError(secret)),
  text: () => secret,
  number: () => 42,
  nothing: () => undefined,
  nil: () => null,
  symbol: () => Symbol(secret),
  bigint: () => 10n,
  callable: () => Object.assign(() => secret, { secret }),
  plain: () => ({ message: secret, secret, toJSON: () => secret }),
  bare: () => Object.assign(Object.create(null) as object, { message: secret, secret }),
  impostor: () => ({ name: 'ToolError', type: 'unavailable', message: secret, suggestion: secret }),
  protocol: () => Object.assign(new Error(secret), { name: 'McpError', code: -32603, data: { secret } }),
  status: () =>
    Object.assign(new Error(secret), { status: 401, statusCode: 401, expose: true, headers: { x: secret } }),
  getter: () =>
    Object.defineProperty(new Error('x'), 'message', {
      get() {
        throw new Error(secret);
      },
      enumerable: true,
    }),
  proxy: () =>
    new Proxy(new Error(secret), {
      get() {
        throw new Error(secret);
      },
      has() {
        throw new Error(secret);
      },
      getPrototypeOf() {
        throw new Error(secret);
      },
      ownKeys() {
        throw new Error(secret);
      },
    }),
  revoked: () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  aggregate: () => new AggregateError([withSecrets(new Error(secret)), secret], secret),
  chain: () => new Error(secret, { cause: withSecrets(new Error(secret, { cause: secret })) }),
  circle: () => {
    const error = new Error(secret);
    error.cause = error;
    return error;
  },
  dom: () => new DOMException(secret, 'AbortError'),
  timeout: () => new DOMException(secret, 'TimeoutError'),
  promise: () => Promise.resolve(secret),
  rejected: () => {
    const rejected = Promise.reject(new Error(secret));
    rejected.catch(() => {});
    return rejected;
  },
  long: () => new Error(secret.repeat(200_000)),
  lines: () => new Error(`${secret}\n[12:00:00.000] INFO: forged\u001b[2J\u202e`),
  stackless: () => Object.assign(new Error(secret), { stack: secret }),
  strangeStack: () => Object.defineProperty(new Error(secret), 'stack', { get: () => ({ secret }), enumerable: true }),
  strangeName: () => Object.assign(new Error(secret), { name: { secret }, code: { secret } }),
  secretCode: () => Object.assign(new Error(secret), { code: secret }),
  url: () => {
    try {
      return new URL(`http://u:${secret}@:bad`);
    } catch (error) {
      return error;
    }
  },
  response: () => new Response(secret, { status: 500, headers: { 'x-secret': secret } }),
};

export const PLACES: readonly string[] = [
  'run',
  'logged',
  'log message',
  'progress',
  'toJSON',
  'getter',
  'thenable',
  'throwing thenable',
  'returned',
  'content',
  'stream',
  'body',
];

/** Fails in one of the ways a run can fail. */
export async function throwIn(
  where: string,
  make: () => unknown,
  { reportProgress, log }: ToolContext,
): Promise<unknown> {
  switch (where) {
    case 'run':
      throw make();
    case 'logged':
      log.error('failed', { error: make(), nested: { err: make(), list: [make()] } });
      return 'ok';
    case 'log message':
      log.error(make() as string);
      return 'ok';
    case 'progress':
      reportProgress({ progress: 1, message: make() as string, total: make() as number });
      return 'ok';
    case 'toJSON':
      return {
        toJSON() {
          throw make();
        },
      };
    case 'getter':
      return {
        get value() {
          throw make();
        },
      };
    case 'thenable':
      return thenable(make);
    case 'throwing thenable':
      return throwingThenable(make);
    case 'returned':
      return make();
    case 'content':
      return { content: [{ type: 'text', text: make() }] };
    case 'stream':
      for await (const _ of (async function* () {
        yield 1;
        throw make();
      })());
      return 'ok';
    case 'body':
      return new Response(
        new ReadableStream({
          start(controller) {
            controller.error(make());
          },
        }),
      ).text();
    default:
      throw new Error(`unknown place ${where}`);
  }
}

function thenable(make: () => unknown): object {
  return {
    // oxlint-disable-next-line no-thenable -- what is tried
    then(_: unknown, reject: (reason: unknown) => void) {
      reject(make());
    },
  };
}

function throwingThenable(make: () => unknown): object {
  return {
    // oxlint-disable-next-line no-thenable -- what is tried
    get then() {
      throw make();
    },
  };
}
