/** Error codes of JSON-RPC 2.0, and the one of the range that it leaves to servers. Those of MCP are in `transports/mcp/protocol`. */
export const PARSE_ERROR = -32_700;
export const INVALID_REQUEST = -32_600;
export const INVALID_PARAMS = -32_602;
export const INTERNAL_ERROR = -32_603;
/** The server cannot do it now, or not in this way; the message says which. */
export const SERVER_ERROR = -32_000;
