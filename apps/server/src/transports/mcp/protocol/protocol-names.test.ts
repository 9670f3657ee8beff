import * as sdk from '@modelcontextprotocol/server';
import { describe, expect, test } from 'vitest';

import * as codes from '../../../foundation/json-rpc-codes.ts';
import * as names from './protocol-names.ts';

describe('names of the protocol that we keep ourselves', () => {
  test("are the SDK's", () => {
    expect([...names.LEGACY_VERSIONS]).toEqual(sdk.SUPPORTED_PROTOCOL_VERSIONS);
    expect(codes).toMatchObject({
      PARSE_ERROR: sdk.ProtocolErrorCode.ParseError,
      INVALID_REQUEST: sdk.ProtocolErrorCode.InvalidRequest,
      INVALID_PARAMS: sdk.ProtocolErrorCode.InvalidParams,
      INTERNAL_ERROR: sdk.ProtocolErrorCode.InternalError,
    });
    expect(names.PROTOCOL_VERSION_META_KEY).toBe(sdk.PROTOCOL_VERSION_META_KEY);
    expect(names.CLIENT_INFO_META_KEY).toBe(sdk.CLIENT_INFO_META_KEY);
    expect(names.CLIENT_CAPABILITIES_META_KEY).toBe(sdk.CLIENT_CAPABILITIES_META_KEY);
    expect(names.SERVER_INFO_META_KEY).toBe(sdk.SERVER_INFO_META_KEY);
  });
});
