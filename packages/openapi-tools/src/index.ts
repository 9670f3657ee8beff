/**
 * @mcp/openapi-tools: REST operations as tools for MCP servers, from an OpenAPI document or declared by hand.
 * Adding a name here makes it public API.
 */

// One request, declared by hand
export { defineHttpTool, type HttpToolOptions } from './declared/define-http-tool.ts';
export type { HttpBodySpec, HttpRequestSpec, HttpToolProblem, HttpToolSpec } from './declared/http-tool-spec.ts';
export { httpToolProblems } from './declared/http-tool-problems.ts';
export type { TemplateText } from './declared/text-template.ts';

// Requests
export { egressProblem, readApiAddress, type ApiAddress, type EgressRules } from './egress/api-address.ts';
export {
  staticCredentials,
  type Authorization,
  type Credentials,
  type StaticCredentials,
} from './egress/credentials.ts';
export { HTTP_METHODS, type HttpMethod } from './request/prepared-request.ts';
export { RESPONSE_KINDS, type ResponseKind } from './response/shape-response.ts';
