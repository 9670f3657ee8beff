/** A real Chromium with the dashboard open, and notes of everything on it that should not happen. */
import { existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import axe from 'axe-core';
import { chromium, type BrowserContext, type Page } from 'playwright-core';

import { scratch } from './server-process.ts';

/** Undefined where there is none; the tests that need one are then skipped. */
export const chromiumProgram: string | undefined = [
  process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => existsSync(path));

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface DashboardPage extends AsyncDisposable {
  readonly page: Page;
  /** Every address the page asked for. */
  readonly requested: string[];
  /** Violations of the content security policy, errors thrown, errors on the console; not the status of an answer. */
  readonly pageErrors: string[];
  open(key: string): Promise<void>;
  /** Moves the focus with the Tab key to the control with this accessible name. */
  tabTo(name: string | RegExp): Promise<void>;
  /** Violations of WCAG 2.2 A and AA that axe finds, as `rule: element`. */
  accessibilityProblems(): Promise<string[]>;
  screenshot(name: string): Promise<void>;
}

export async function dashboardPage(url: string): Promise<DashboardPage> {
  const place = scratch();
  const context = await chromium.launchPersistentContext(place.folder, {
    ...(chromiumProgram !== undefined && { executablePath: chromiumProgram }),
    args: quiet,
    headless: true,
    viewport: { width: 1440, height: 1000 },
    colorScheme: 'dark',
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(60_000);
  const requested: string[] = [];
  const pageErrors: string[] = [];
  await watch(context, page, requested, pageErrors);
  return {
    page,
    requested,
    pageErrors,
    async open(key) {
      await page.goto(url);
      await page.getByLabel('API key', { exact: true }).fill(key);
      await page.keyboard.press('Enter');
    },
    async tabTo(name) {
      for (let presses = 0; presses < 120; presses++) {
        await page.keyboard.press('Tab');
        const focused = await page.evaluate(nameOfFocused);
        if (typeof name === 'string' ? focused === name : name.test(focused)) return;
      }
      throw new Error(`No control named ${String(name)} was reached with 120 presses of Tab.`);
    },
    async accessibilityProblems() {
      await page.evaluate(axe.source);
      return page.evaluate(runAxe);
    },
    async screenshot(name) {
      const folder = resolve(import.meta.dirname, '../../reports');
      mkdirSync(folder, { recursive: true });
      await page.screenshot({ path: resolve(folder, `dashboard-${name}.png`), fullPage: true });
    },
    async [Symbol.asyncDispose]() {
      await context.close();
      place[Symbol.dispose]();
    },
  };
}

async function watch(context: BrowserContext, page: Page, requested: string[], pageErrors: string[]): Promise<void> {
  await context.route('**/*', (route) => {
    requested.push(route.request().url());
    return route.continue();
  });
  await page.exposeFunction('reportViolation', (text: string) => pageErrors.push(text));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      const { reportViolation } = globalThis as unknown as { reportViolation: (text: string) => void };
      reportViolation(`${violatedDirective}: ${blockedURI}`);
    });
  });
  page.on('pageerror', (error) => pageErrors.push(String(error)));
  page.on('console', (message) => {
    // That a request was answered with 401, or not at all, Chromium tells the console whatever the page makes of it.
    if (message.type() !== 'error' || message.text().startsWith('Failed to load resource')) return;
    pageErrors.push(message.text());
  });
}

function nameOfFocused(): string {
  const focused = document.activeElement;
  return focused?.getAttribute('aria-label') ?? focused?.textContent?.trim() ?? '';
}

async function runAxe(): Promise<string[]> {
  const { axe } = globalThis as unknown as {
    axe: {
      run: (options: object) => Promise<{ violations: { id: string; nodes: { target: unknown[] }[] }[] }>;
    };
  };
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = await axe.run({ runOnly: tags });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}

/** Pixels of the plot's canvas that have the colour of the series, as the page's own style sheet gives it. */
export function pixelsOf([plot, colour]: readonly [plot: string, colour: string]): number {
  const figure = [...document.querySelectorAll('figure')].find((one) => one.querySelector('h3')?.textContent === plot);
  const canvas = figure?.querySelector('canvas');
  if (!canvas) return 0;
  const probe = document.createElement('span');
  probe.style.color = `var(${colour})`;
  document.body.append(probe);
  const sample = new OffscreenCanvas(1, 1).getContext('2d')!;
  sample.fillStyle = getComputedStyle(probe).color;
  probe.remove();
  sample.fillRect(0, 0, 1, 1);
  const wanted = sample.getImageData(0, 0, 1, 1).data;
  const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let i = 0; i < data.length; i += 4) {
    const near = [0, 1, 2].every((channel) => Math.abs((data[i + channel] ?? 0) - (wanted[channel] ?? 0)) < 24);
    if (near && (data[i + 3] ?? 0) > 200) count++;
  }
  return count;
}

/** The page and its sections, as far as they are wider than the place they have. */
export function overflowing(): string[] {
  const places = [document.documentElement, ...document.querySelectorAll('section, header, dl, figure')];
  return places
    .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1)
    .map(({ className }) => className);
}
