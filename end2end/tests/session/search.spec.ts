// Search in a long thread, and the ways to a place far from its end.
import type { Locator } from '@playwright/test';
import { lengthen } from '../../fixtures/long.ts';
import { HELP } from '../../fixtures/prompts.ts';
import { expect, test } from '../../fixtures/test.ts';
import { until } from '../../fixtures/wait.ts';

/** The entry of every hundredth holds `needle`. */
const TEXT = `'Row ' || i || iif(i % 100 = 0, ' with a Needle', '')`;

const row = (entries: Locator, n: number) => entries.filter({ hasText: new RegExp(`^Agent\\s*Row ${n}\\b`) });

test.beforeEach(async ({ app, newSession, sessionPage }) => {
  const { id } = await newSession(HELP);
  await app.api.reaches(id, 'idle');
  lengthen(app, id, 600, TEXT);
  await until('the rows', async () => (await app.api.snapshot(id)).thread.total > 600);
  await sessionPage.open(id);
});

test('a hit far away is gone to by keys, and the end is found again', async ({ app, page, sessionPage }) => {
  await expect(row(sessionPage.entries, 600)).toBeInViewport();
  await page.keyboard.press('f');
  const field = page.getByRole('combobox', { name: 'Search this thread' });
  await expect(field).toBeFocused();
  await field.fill('nEEdle');
  const hits = page.getByRole('listbox', { name: 'Hits' }).getByRole('option');
  await expect(hits).toHaveCount(6);
  await expect(hits.first().locator('mark')).toHaveText('Needle');
  await expect(hits.first()).toHaveAttribute('aria-selected', 'true');
  await field.press('ArrowUp');
  await expect(hits.last()).toHaveAttribute('aria-selected', 'true');
  await field.press('Enter');
  const found = row(sessionPage.entries, 100);
  await expect(found).toBeInViewport();
  await expect(found).toHaveAttribute('data-marked', '');
  await expect(found).toBeFocused();
  await expect(row(sessionPage.entries, 600)).toHaveCount(0);
  await expect(found).not.toHaveAttribute('data-marked');

  // What comes at the end meanwhile is not put where the reader is.
  const id = sessionPage.id();
  await app.api.send(id, HELP);
  await app.api.reaches(id, 'idle');
  const { revision } = await app.api.session(id);
  await expect(sessionPage.root).toHaveAttribute('data-revision', String(revision));
  await expect(sessionPage.entry('user')).toHaveCount(0);
  await expect(found).toBeInViewport();
  await page.getByRole('button', { name: 'Jump to latest' }).click();
  await expect(sessionPage.entry('agent').last()).toBeInViewport();
  await expect(sessionPage.entry('user').last()).toContainText(HELP);
  await expect(page.getByRole('button', { name: 'Load newer entries' })).toBeHidden();
});

test('kinds narrow the search, and it opens and closes by keys', async ({ page }) => {
  const search = page.getByTestId('thread-search');
  await page.keyboard.press('Control+Shift+f');
  await expect(search).toBeVisible();
  const field = page.getByRole('combobox', { name: 'Search this thread' });
  await field.fill('needle');
  const hits = search.getByRole('option');
  await expect(hits).toHaveCount(6);
  await search.getByRole('checkbox', { name: 'Tools' }).check();
  await expect(search).toContainText('Nothing fits.');
  await expect(hits).toHaveCount(0);
  await search.getByRole('checkbox', { name: 'Answers' }).check();
  await expect(hits).toHaveCount(6);
  await field.fill('row');
  await expect(hits).toHaveCount(50);
  await search.getByRole('button', { name: 'Look further back' }).click();
  await expect(hits).toHaveCount(100);
  await field.press('Escape');
  await expect(search).toBeHidden();
  await page.getByTestId('composer').press('f');
  await expect(search).toBeHidden();
});

test('a link to an entry opens there, and scrolling on loads what follows', async ({ page, sessionPage }) => {
  const id = sessionPage.id();
  await page.goto('about:blank');
  await page.goto(`/agents/${id}#entry-50`);
  const linked = page.locator('#entry-50');
  await expect(linked).toBeInViewport();
  await expect(linked).toHaveAttribute('data-seq', '50');
  const places = () =>
    sessionPage.entries.evaluateAll((all) => all.map((one) => Number(one.getAttribute('data-seq'))));
  const before = Math.max(...(await places()));
  expect(before).toBeLessThan(300);
  await sessionPage.entries.last().scrollIntoViewIfNeeded();
  await page.mouse.wheel(0, 5000);
  await expect.poll(async () => Math.max(...(await places()))).toBeGreaterThan(before);
  const loaded = await places();
  expect(loaded).toEqual(loaded.map((_, at) => loaded[0] + at));
});
