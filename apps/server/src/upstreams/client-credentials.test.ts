import { ConnectionError } from '@mcp/upstreams';
import { expect, test } from 'vitest';

import { clientCredentialsSource } from './client-credentials.ts';

test('a file of certificates that cannot be read is named, for the token as for the upstream', async () => {
  const authorize = clientCredentialsSource(
    {
      type: 'clientCredentials',
      tokenUrl: 'https://id.example/token',
      clientId: 'gateway',
      clientSecret: { kind: 'environment', name: 'UNUSED' } as never,
      authMethod: 'basic',
    } as never,
    { egress: undefined, tls: { caFile: '/nowhere/ca.pem', certFile: undefined, keyFile: undefined } },
  );
  const failure = await Promise.resolve(authorize(false)).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ConnectionError);
  expect((failure as Error).message).toBe('tls.caFile of the upstream names a file that cannot be read as PEM.');
});
