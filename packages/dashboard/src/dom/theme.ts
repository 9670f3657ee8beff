import { byId } from './dom.ts';

const NAME = 'mcp-server.theme';

/** Follows the system unless the operator chooses; the choice outlives the tab. */
export function followTheme(onChange: () => void): void {
  const choice = byId('theme', HTMLSelectElement);
  const apply = (): void => {
    document.documentElement.dataset['theme'] = choice.value;
    onChange();
  };
  const stored = localStorage.getItem(NAME);
  choice.value = stored === 'dark' || stored === 'light' ? stored : 'system';
  choice.addEventListener('change', () => {
    localStorage.setItem(NAME, choice.value);
    apply();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', onChange);
  apply();
}
