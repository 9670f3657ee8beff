/**
 * Kubernetes gives every container variables for each Service of its namespace (service links): for one named `mcp-server`
 * they are MCP_SERVER_SERVICE_HOST, MCP_SERVER_PORT=tcp://10.0.0.1:8080 and MCP_SERVER_PORT_8080_TCP_ADDR.
 */

const linkValue = /^(?:tcp|udp|sctp):\/\/\S+:\d+$/;
const linkName = /_SERVICE_(?:HOST|PORT(?:_\w+)?)$|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?$/;

export const SERVICE_LINK_SUGGESTION =
  'set enableServiceLinks: false in the pod spec, or give the Service another name';

export function isServiceLink(variable: string, text: string): boolean {
  return linkValue.test(text) || linkName.test(variable);
}
