import { describe, expect, test } from 'vitest';

import { ChangeNotifier } from './change-notifier.ts';
import type { ProtocolServer } from './protocol-server.ts';

type Told = [client: string, change: string];

/** The part of a protocol instance that the notifier uses. */
function connection(client: string, told: Told[], subscriptions: string[] = [], fails = false): ProtocolServer {
  const tell = (change: string) => (): Promise<void> => {
    told.push([client, change]);
    return fails ? Promise.reject(new Error('closed')) : Promise.resolve();
  };
  const server = {
    sendToolListChanged: tell('tools'),
    sendPromptListChanged: tell('prompts'),
    sendResourceUpdated: ({ uri }: { uri: string }) => tell(uri)(),
  };
  return { server, subscriptions: new Set(subscriptions) } as unknown as ProtocolServer;
}

function modern(told: Told[]): Parameters<ChangeNotifier['attachModern']>[0] {
  const tell = (change: string) => (): void => void told.push(['listener', change]);
  return {
    toolsChanged: tell('tools'),
    promptsChanged: tell('prompts'),
    resourcesChanged: tell('resources'),
    resourceUpdated: (uri) => tell(uri)(),
  };
}

describe('the change notifier', () => {
  test('tells the clients of both eras of a changed list', () => {
    const told: Told[] = [];
    const notifier = new ChangeNotifier();
    notifier.attachModern(modern(told));
    notifier.add(connection('session', told));
    notifier.toolsChanged();
    notifier.promptsChanged();
    expect(told).toEqual([
      ['listener', 'tools'],
      ['session', 'tools'],
      ['listener', 'prompts'],
      ['session', 'prompts'],
    ]);
  });

  test('tells a session only of the resources it subscribed to', () => {
    const told: Told[] = [];
    const notifier = new ChangeNotifier();
    notifier.add(connection('one', told, ['mcp://health']));
    notifier.add(connection('other', told, ['mcp://metrics']));
    notifier.resourceUpdated('mcp://health');
    expect(told).toEqual([['one', 'mcp://health']]);
  });

  test('tells nothing to a connection that is gone, and lets one that cannot be written to harm no other', async () => {
    const told: Told[] = [];
    const notifier = new ChangeNotifier();
    notifier.add(connection('broken', told, [], true));
    const remove = notifier.add(connection('gone', told));
    notifier.add(connection('well', told));
    remove();
    notifier.toolsChanged();
    await Promise.resolve();
    expect(told.map(([client]) => client)).toEqual(['broken', 'well']);
  });
});
