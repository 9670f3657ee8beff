import type { ServerEvent } from '@modelcontextprotocol/server';
import { describe, expect, test } from 'vitest';

import type { Principal } from '../../../../access/principal.ts';
import { ChangeNotifier, notifiedConnection, type NotifiedClient, type NotifiedConnection } from './change-notifier.ts';

type Notification = [client: string, change: string];

const ann: Principal = { name: 'ann', scopes: ['tools:call'] };
const bob: Principal = { name: 'bob', scopes: ['tools:call:far_*'] };

/** The part of a protocol instance that the notifier uses. */
function connection(client: string, sent: Notification[], subscriptions: string[] = [], fails = false): NotifiedClient {
  const record = (change: string) => (): Promise<void> => {
    sent.push([client, change]);
    return fails ? Promise.reject(new Error('closed')) : Promise.resolve();
  };
  const server = {
    sendToolListChanged: record('tools'),
    sendPromptListChanged: record('prompts'),
    sendResourceListChanged: record('resources'),
    sendResourceUpdated: ({ uri }: { uri: string }) => record(uri)(),
  };
  const parts = { server, principal: ann, settings: { subscriptions: new Set(subscriptions) } };
  return notifiedConnection(parts as unknown as NotifiedConnection);
}

function stream(client: string, sent: Notification[], principal: Principal): NotifiedClient {
  const changeOf = (event: ServerEvent): string => ('uri' in event ? event.uri : event.kind);
  return { principal, send: (event) => void sent.push([client, changeOf(event)]) };
}

describe('the change notifier', () => {
  test('notifies the clients of both eras of a changed list', () => {
    const sent: Notification[] = [];
    const notifier = new ChangeNotifier();
    notifier.add(stream('stream', sent, ann));
    notifier.add(connection('session', sent));
    notifier.toolsChanged();
    notifier.promptsChanged();
    notifier.resourcesChanged();
    expect(sent).toEqual([
      ['stream', 'tools_list_changed'],
      ['session', 'tools'],
      ['stream', 'prompts_list_changed'],
      ['session', 'prompts'],
      ['stream', 'resources_list_changed'],
      ['session', 'resources'],
    ]);
  });

  test('notifies only those who see a difference, once', () => {
    const sent: Notification[] = [];
    const tools = ['far_a', 'own'];
    const visible = ({ scopes }: Principal): string =>
      tools.filter((name) => scopes.includes('tools:call') || name.startsWith('far_')).join(' ');
    const notifier = new ChangeNotifier();
    notifier.follow({ tools: visible, prompts: () => '', resources: () => '', isHidden: () => false });
    notifier.add(stream('ann', sent, ann));
    notifier.add(stream('bob', sent, bob));
    notifier.toolsChanged();
    expect(sent).toEqual([]);
    tools.push('more');
    notifier.toolsChanged();
    notifier.toolsChanged();
    expect(sent).toEqual([['ann', 'tools_list_changed']]);
    tools.push('far_b');
    notifier.toolsChanged();
    expect(sent.slice(1)).toEqual([
      ['ann', 'tools_list_changed'],
      ['bob', 'tools_list_changed'],
    ]);
  });

  test('says nothing of resources to callers that may not read them', () => {
    const sent: Notification[] = [];
    const notifier = new ChangeNotifier();
    const none = (): string => '';
    notifier.follow({ tools: none, prompts: none, resources: none, isHidden: (_, { name }) => name === 'bob' });
    notifier.add(stream('ann', sent, ann));
    notifier.add(stream('bob', sent, bob));
    notifier.resourceUpdated('far+file:///a');
    expect(sent).toEqual([['ann', 'far+file:///a']]);
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
