import { createRequire } from 'node:module';
import { chromium, startPortal, type TestPortal } from '@espalier/testing';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outputOf, registerDigits, registerModel, startRun } from './garden.ts';

/** Everything below is one story, told in order: each test goes on where the one before it ended. */

const axe = createRequire(import.meta.url).resolve('axe-core');
const minutes = 60_000;
const training = { epochs: 1, batchSize: 64, learningRate: 0.05, validationRatio: 0.05 };

let portal: TestPortal;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let model: string;
let dataset: string;

beforeAll(async () => {
  portal = await startPortal();
  browser = await chromium();
  context = await browser.newContext({ baseURL: portal.url });
  page = await context.newPage();
  page.setDefaultTimeout(20_000);
}, 3 * minutes);

afterAll(async () => {
  await browser?.close();
  await portal?.stop();
}, minutes);

const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name });
const at = (kind: string, id: string) => `/${kind}/${encodeURIComponent(id)}`;

async function signIn(password: string) {
  await page.getByLabel('E-mail').fill(portal.owner.email);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** What axe finds to be seriously wrong on the page as it is, in light and in dark. */
async function barriers(): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.addScriptTag({ path: axe });
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    for (const { id, impact, nodes } of violations) {
      if (impact === 'serious' || impact === 'critical') found.push(`${colorScheme} ${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    }
  }
  return found;
}

const fitsTheScreen = () => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);

describe('a stranger', () => {
  it('is sent to sign in from every page, and is told nothing of what is behind', async () => {
    for (const path of ['/', '/runs', '/models', '/datasets', '/runs/anything']) {
      await page.goto(path);
      expect(new URL(page.url()).pathname).toBe('/sign-in');
    }
    expect(await barriers()).toEqual([]);
  });

  it('hears of a wrong password in one clear sentence', async () => {
    await page.goto('/sign-in?next=%2Fmodels');
    await signIn('not the password');
    await expect.poll(() => page.getByRole('alert').filter({ hasText: 'E-mail and password do not match.' }).count()).toBe(1);
    expect(await barriers()).toEqual([]);
  });
});

describe('a member', () => {
  it('comes to the page that was asked for before signing in', async () => {
    await signIn(portal.owner.password);
    await page.waitForURL('/models');
    await heading('Models').waitFor();
  });

  it('finds in every empty list how to begin', async () => {
    for (const [path, words] of [
      ['/runs', 'No runs yet'],
      ['/models', 'No models yet'],
      ['/datasets', 'No datasets yet'],
    ] as const) {
      await page.goto(path);
      await page.getByText(words).waitFor();
      expect(await barriers()).toEqual([]);
    }
  });

  it('gets a friendly 404 for an id that names nothing, whatever it looks like', async () => {
    for (const path of [
      '/runs/nothing',
      '/models/nothing',
      '/versions/nothing',
      '/datasets/nothing',
      at('runs', portal.organization),
      '/nowhere',
    ]) {
      const response = await page.goto(path);
      expect(response?.status()).toBe(404);
      await heading('There is nothing here').waitFor();
    }
    expect(await barriers()).toEqual([]);
  });

  it('can choose dark or light over what the system says, by keyboard', async () => {
    await page.emulateMedia({ colorScheme: 'light' });
    await page.goto('/runs');
    const scheme = () => page.locator('html').getAttribute('data-mantine-color-scheme');
    const choose = async (name: string) => {
      // A page that was drawn just now may not listen yet.
      await expect
        .poll(async () => {
          if (!(await page.getByRole('menu').isVisible())) await page.getByRole('button', { name: 'Colour scheme' }).press('Enter');
          return page.getByRole('menu').isVisible();
        })
        .toBe(true);
      await page.getByRole('menuitemradio', { name }).press('Enter');
    };
    expect(await scheme()).toBe('light');
    await choose('Dark');
    await expect.poll(scheme).toBe('dark');
    await page.reload();
    expect(await scheme()).toBe('dark');
    await choose('As the system');
    await expect.poll(scheme).toBe('light');
  });
});

describe('a training', () => {
  let run: string;

  it('appears in the open list by itself', { timeout: 3 * minutes }, async () => {
    dataset = await registerDigits(portal);
    model = await registerModel(portal);
    await page.goto('/runs');
    await page.getByText('No runs yet').waitFor();
    run = await startRun(portal, { title: 'Learn digits', model, dataset, recipe: { kind: 'training', training } });
    await page.getByRole('link', { name: 'Learn digits' }).waitFor();
    expect(await barriers()).toEqual([]);
  });

  it('has a page whose curve grows while one watches', { timeout: 3 * minutes }, async () => {
    await page.getByRole('link', { name: 'Learn digits' }).click();
    await heading('Learn digits').waitFor();
    const drawn = async () => Number(await page.locator('[data-chart="Loss"]').getAttribute('data-points'));
    await expect.poll(drawn, { timeout: 2 * minutes }).toBeGreaterThan(0);
    const before = await drawn();
    await expect.poll(drawn, { timeout: minutes }).toBeGreaterThan(before);
    await expect.poll(() => page.locator('[data-chart="Loss"] svg.recharts-surface path.recharts-curve').count()).toBe(1);
    expect(await barriers()).toEqual([]);
  });

  it('says on the same page when it has ended, and what it measured', { timeout: 4 * minutes }, async () => {
    await page
      .getByText('Succeeded', { exact: true })
      .first()
      .waitFor({ timeout: 3 * minutes });
    await page.getByRole('row', { name: /^Accuracy/ }).waitFor();
    await expect.poll(() => page.getByText('%', { exact: false }).count()).toBeGreaterThan(0);
    expect(await barriers()).toEqual([]);
  });

  describe('and a compression of what it made', () => {
    let compression: string;

    it('shows the widths of each layer before and after', { timeout: 5 * minutes }, async () => {
      compression = await startRun(portal, {
        title: 'Half the MACs',
        model,
        dataset,
        version: await outputOf(portal, run),
        recipe: { kind: 'compression', method: { name: 'exp' }, target: { measure: 'macs', reductionRatio: 0.5 }, retraining: training },
      });
      await page.goto(at('runs', compression));
      const widths = page.getByRole('table', { name: 'Widths of the layers before and after pruning' });
      await widths.waitFor({ timeout: 2 * minutes });
      await expect.poll(() => widths.getByRole('row').count()).toBeGreaterThan(19);
      await page
        .getByText('Succeeded', { exact: true })
        .first()
        .waitFor({ timeout: 3 * minutes });
      const macs = await page.getByRole('row', { name: /^MACs/ }).textContent();
      expect(Number(/\u2212([\d.]+)\u00a0%/.exec(macs ?? '')?.[1])).toBeGreaterThan(45);
      expect(await barriers()).toEqual([]);
    });

    it('leads by the model to its versions, and a version to the run that made it, through its lineage', async () => {
      await page.goto(at('models', model));
      const versions = page.getByRole('table', { name: 'Versions, newest first' });
      await expect.poll(() => versions.getByRole('row').count()).toBe(3);
      expect(await barriers()).toEqual([]);

      await versions.getByRole('link', { name: 'version 2' }).first().click();
      await heading(/version 2$/).waitFor();
      const graph = page.getByTestId('rf__wrapper');
      await expect.poll(() => graph.getByRole('link', { name: /^(Run|Dataset|Model version) / }).count()).toBe(5);
      expect(await barriers()).toEqual([]);

      await graph.getByRole('link', { name: /Half the MACs/ }).press('Enter');
      await heading('Half the MACs').waitFor();
      expect(decodeURIComponent(new URL(page.url()).pathname)).toBe(`/runs/${compression}`);
    });

    it('says layer by layer where the channels of the small network come from', async () => {
      await page.goto(at('versions', await outputOf(portal, compression)));
      const layers = page.getByRole('table', { name: 'Where the channels of each layer come from' });
      await expect.poll(() => layers.getByRole('row').count()).toBeGreaterThan(19);
      await layers.getByRole('link', { name: 'stage2_block1_conv1' }).click();
      const channels = page.getByRole('table', { name: 'Channels of stage2_block1_conv1' });
      // A heading, and fewer channels than the 32 that there were.
      await expect.poll(() => channels.getByRole('row').count()).toBeGreaterThan(1);
      expect(await channels.getByRole('row').count()).toBeLessThan(33);
      expect(await barriers()).toEqual([]);
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Save as JSON' }).click()]);
      expect(await download.failure()).toBeNull();
    });

    it('hands the small network out as a file', async () => {
      await page.goto(at('versions', await outputOf(portal, compression)));
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Download', exact: true }).click(),
      ]);
      expect(await download.failure()).toBeNull();
    });
  });

  it('was made from a dataset whose pictures can be seen', async () => {
    await page.goto(at('datasets', dataset));
    await heading('MNIST digits').waitFor();
    await expect.poll(() => page.getByRole('img', { name: /sample 1$/ }).count()).toBe(10);
    expect(await barriers()).toEqual([]);
  });
});

describe('every page', () => {
  it('fits a telephone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const path of ['/runs', '/models', at('models', model), '/datasets', at('datasets', dataset)]) {
      await page.goto(path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(await fitsTheScreen()).toBe(true);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  it('stays where it is while it loads', async () => {
    await page.addInitScript(() => {
      window.layoutShift = 0;
      const observer = new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.layoutShift += (entry as PerformanceEntry & { value: number }).value;
      });
      observer.observe({ type: 'layout-shift', buffered: true });
    });
    for (const path of ['/runs', '/models', at('models', model), at('datasets', dataset)]) {
      await page.goto(path, { waitUntil: 'networkidle' });
      expect(await page.evaluate(() => window.layoutShift)).toBeLessThan(0.02);
    }
  });

  it('is closed again after signing out', async () => {
    await page.goto('/runs');
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).waitFor();
    expect(await barriers()).toEqual([]);
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.waitForURL('/sign-in');
    await page.goto('/models');
    expect(new URL(page.url()).pathname).toBe('/sign-in');
  });
});
