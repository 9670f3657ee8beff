import { describe, expect, test } from 'vitest';

import { ChangeNotifier } from './change-notifier.ts';
import type { ProtocolServer } from './protocol-server.ts';

type Notification = [client: string, change: string];

/** The part of a protocol instance that the notifier uses. */
function connection(client: string, sent: Notification[], subscriptions: string[] = [], fails = false): ProtocolServer {
  const record = (change: string) => (): Promise<void> => {
    sent.push([client, change]);
    return fails ? Promise.reject(new Error('closed')) : Promise.resolve();
  };
  const server = {
    sendToolListChanged: record('tools'),
    sendPromptListChanged: record('prompts'),
    sendResourceUpdated: ({ uri }: { uri: string }) => record(uri)(),
  };
  return { server, subscriptions: new Set(subscriptions) } as unknown as ProtocolServer;
}

function modern(sent: Notification[]): Parameters<ChangeNotifier['attachModern']>[0] {
  const record = (change: string) => (): void => void sent.push(['listener', change]);
  return {
    toolsChanged: record('tools'),
    promptsChanged: record('prompts'),
    resourcesChanged: record('resources'),
    resourceUpdated: (uri) => record(uri)(),
  };
}

describe('the change notifier', () => {
  test('notifies the clients of both eras of a changed list', () => {
    const sent: Notification[] = [];
    const notifier = new ChangeNotifier();
    notifier.attachModern(modern(sent));
    notifier.add(connection('session', sent));
    notifier.toolsChanged();
    notifier.promptsChanged();
    expect(sent).toEqual([
      ['listener', 'tools'],
      ['session', 'tools'],
      ['listener', 'prompts'],
      ['session', 'prompts'],
    ]);
  });

  test('notifies a session only of the resources it subscribed to', () => {
    const sent: Notification[] = [];
    const notifier = new ChangeNotifier();
    notifier.add(connection('one', sent, ['mcp://health']));
    notifier.add(connection('other', sent, ['mcp://metrics']));
    notifier.resourceUpdated('mcp://health');
    expect(sent).toEqual([['one', 'mcp://health']]);
  });

  test('sends nothing to a removed connection, and a failing one does not affect the others', async () => {
    const sent: Notification[] = [];
    const notifier = new ChangeNotifier();
    notifier.add(connection('broken', sent, [], true));
    const remove = notifier.add(connection('gone', sent));
    notifier.add(connection('well', sent));
    remove();
    notifier.toolsChanged();
    await Promise.resolve();
    expect(sent.map(([client]) => client)).toEqual(['broken', 'well']);
  });
});
