/**
 * @mcp/hello: Says hello.
 * Adding a name here makes it public API.
 */

export type { Clock } from './clock.ts';
export { greet, type GreetOptions } from './greet.ts';
export { greetRepeatedly, type GreetRepeatedlyOptions } from './greet-repeatedly.ts';
