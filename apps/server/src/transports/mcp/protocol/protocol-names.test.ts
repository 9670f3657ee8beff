import * as sdk from '@modelcontextprotocol/server';
import { describe, expect, test } from 'vitest';

import { INVALID_PARAMS } from '../../../catalog/invalid-params-error.ts';
import * as names from './protocol-names.ts';

describe('names of the protocol that we keep ourselves', () => {
  test("are the SDK's", () => {
    expect([...names.LEGACY_VERSIONS]).toEqual(sdk.SUPPORTED_PROTOCOL_VERSIONS);
    expect(INVALID_PARAMS).toBe(sdk.ProtocolErrorCode.InvalidParams);
    expect(names.PROTOCOL_VERSION_META_KEY).toBe(sdk.PROTOCOL_VERSION_META_KEY);
    expect(names.CLIENT_INFO_META_KEY).toBe(sdk.CLIENT_INFO_META_KEY);
    expect(names.CLIENT_CAPABILITIES_META_KEY).toBe(sdk.CLIENT_CAPABILITIES_META_KEY);
    expect(names.SERVER_INFO_META_KEY).toBe(sdk.SERVER_INFO_META_KEY);
  });
});
