/** The one function of swagger-client that tests use; the package has no types. */
declare module 'swagger-client' {
  const client: {
    buildRequest(options: {
      readonly spec: unknown;
      readonly operationId: string;
      readonly parameters?: Readonly<Record<string, unknown>>;
      readonly requestBody?: unknown;
      readonly requestContentType?: string;
    }): {
      readonly url: string;
      readonly body?: string;
      readonly headers: Readonly<Record<string, string>>;
    };
  };
  export default client;
}
