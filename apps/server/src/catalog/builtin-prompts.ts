import type { ToolGateway } from '../calls/tool-gateway.ts';
import type { PromptDefinition } from './prompts.ts';

export const builtinPromptNames: readonly string[] = ['diagnose_connectivity', 'explain_tool'];

/** Two common starting points: find out why something is unreachable, and what a tool does. */
export function builtinPrompts(gateway: ToolGateway): PromptDefinition[] {
  return [
    {
      name: 'diagnose_connectivity',
      title: 'Diagnose connectivity',
      description: 'Find out step by step why a host or service cannot be reached',
      arguments: [
        { name: 'target', description: 'Host name or IPv4 address', required: true },
        { name: 'port', description: 'TCP port, if one is known' },
      ],
      render: ({ target, port }) =>
        [
          `Find out why ${target}${port ? ` port ${port}` : ''} cannot be reached.`,
          'Work from the bottom up and stop at the first step that explains it:',
          '1. dns_lookup: does the name resolve, and to what?',
          `2. tcp_check: does ${port ? `port ${port}` : 'the port in question'} accept connections? Tell "closed" from "no_answer".`,
          '3. tls_inspect, if it speaks TLS: is the certificate valid and for this name?',
          '4. http_probe, if it speaks HTTP: which status, and how long does it take?',
          'If a call is refused or must not be repeated before a certain time, say so instead of trying again.',
        ].join('\n'),
    },
    {
      name: 'explain_tool',
      title: 'Explain a tool',
      description: 'What one tool does, what it accepts and in what state it is',
      arguments: [
        {
          name: 'tool',
          description: 'Name of the tool',
          required: true,
          complete: (_, principal) => gateway.list(principal).map(({ name }) => name),
        },
      ],
      render: ({ tool }) =>
        `Read the resource mcp://tools/${tool} and the description of the tool ${tool}. Explain in a few sentences what it does, what it accepts, its limits, and whether it can be used right now.`,
    },
  ];
}
