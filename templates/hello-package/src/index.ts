/**
 * @mcp/hello: Says hello.
 * Adding a name here makes it public API.
 */

export { greet, type GreetOptions } from './greet.ts';
