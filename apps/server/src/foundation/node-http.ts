import type * as Http from 'node:http';

/**
 * Node's HTTP module. To import it reads every one of its exports, `WebSocket` among them, and with that Node loads all of its
 * `fetch`: a sixth of the start of a server, which most servers never need.
 */
export const http: Pick<typeof Http, 'createServer' | 'STATUS_CODES'> = process.getBuiltinModule('node:http');
