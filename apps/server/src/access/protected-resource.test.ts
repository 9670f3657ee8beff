import { expect, test } from 'vitest';

import { protectedResourceMetadata, protectedResourceMetadataUrl } from './protected-resource.ts';

test('the metadata names the authorization server', () => {
  expect(protectedResourceMetadata('https://tools.example.com/mcp', 'https://issuer.example.com')).toEqual({
    resource: 'https://tools.example.com/mcp',
    authorization_servers: ['https://issuer.example.com'],
    scopes_supported: ['tools:read', 'tools:call', 'approvals', 'admin'],
    bearer_methods_supported: ['header'],
    resource_name: 'mcp-server',
  });
  expect(protectedResourceMetadataUrl('http://127.0.0.1:8080/')).toBe(
    'http://127.0.0.1:8080/.well-known/oauth-protected-resource',
  );
});
