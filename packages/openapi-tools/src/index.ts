/**
 * @mcp/openapi-tools: REST operations as tools for MCP servers, from an OpenAPI document or declared by hand.
 * Adding a name here makes it public API.
 */

// One request, declared by hand
export { defineHttpTool, type HttpToolOptions } from './declared/define-http-tool.ts';
export type { HttpBodySpec, HttpRequestSpec, HttpToolProblem, HttpToolSpec } from './declared/http-tool-spec.ts';
export { httpToolProblems } from './declared/http-tool-problems.ts';
export type { TemplateText } from './declared/text-template.ts';

// Operations of an OpenAPI document
export {
  operationsOf,
  type OperationOverride,
  type OperationReport,
  type Operations,
  type OperationsOptions,
} from './document/operations-of.ts';
export { isUsedByDefault, type OperationFilter, type OperationMatcher } from './document/operation-filter.ts';
export { DocumentError } from './document/document-error.ts';
export { fetchDocument, type FetchDocumentOptions } from './document/fetch-document.ts';
export { loadDocument, type LoadOptions } from './document/load-document.ts';
export { MAX_DOCUMENT_BYTES, readDocument, sha256 } from './document/read-document.ts';

// Requests
export { ApiClient, type ApiClientOptions, type ApiResponse, type SendOptions } from './egress/api-client.ts';
export type { ApiCounts, ApiFailure } from './egress/api-counts.ts';
export {
  clientCredentials,
  type ClientAuthMethod,
  type ClientCredentialsOptions,
} from './egress/client-credentials.ts';
export { signingKeyProblem } from './egress/signing-key.ts';
export { egressProblem, readApiAddress, type ApiAddress, type EgressRules } from './egress/api-address.ts';
export {
  staticCredentials,
  type Authorization,
  type Credentials,
  type StaticCredentials,
  type TokenState,
} from './egress/credentials.ts';
export { HTTP_METHODS, type HttpMethod, type PreparedRequest } from './request/prepared-request.ts';
export { RESPONSE_KINDS, type ResponseKind } from './response/shape-response.ts';
