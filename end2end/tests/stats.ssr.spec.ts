// The statistics are read without JavaScript: figures, charts with words for them, tables.
import { HELP } from '../fixtures/prompts.ts';
import { expect, test } from '../fixtures/test.ts';

test('what was counted is drawn and can be read', async ({ app, newSession, page }) => {
  const { id } = await newSession(HELP, 'Counted');
  await app.api.reaches(id, 'idle');
  const answer = await page.goto('/stats');
  expect(answer?.status()).toBe(200);
  await expect(page).toHaveTitle(/Statistics/);
  const chart = page.getByRole('img', { name: /^Calls per minute/ });
  await expect(chart).toBeVisible();
  await expect(chart.locator('rect').first()).toBeAttached();
  await expect(page.getByRole('figure').filter({ hasText: 'Calls per minute' })).toContainText('agent/get 200');
  for (const name of ['Share of 304', 'Bytes per minute', 'Stale pages', 'Size of session answers', 'Waits between polls']) {
    await expect(page.getByRole('heading', { name, exact: true })).toBeVisible();
  }
  for (const name of ['Renders by component', 'Openings of pages', 'By session']) {
    await expect(page.getByRole('heading', { name, exact: true })).toBeVisible();
  }
  const numbers = page.getByRole('figure').filter({ hasText: 'Calls per minute' }).getByText('Numbers').first();
  await numbers.click();
  await expect(page.getByRole('rowheader', { name: 'now' }).first()).toBeVisible();
});

test('each session has its own, and the way back', async ({ app, newSession, page }) => {
  const { id } = await newSession(HELP, 'Counted alone');
  await app.api.reaches(id, 'idle');
  await page.goto('/stats');
  await page.getByRole('link', { name: 'Counted alone' }).click();
  await expect(page).toHaveURL(`/stats?session=${id}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Statistics of Counted alone');
  await page.getByRole('link', { name: 'All sessions' }).click();
  await expect(page).toHaveURL('/stats');
});

for (const width of [1440, 390]) {
  test(`nothing is cut off at ${width} pixels`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await page.goto('/stats');
    const whole = await page.locator('html').evaluate((html) => html.scrollWidth).catch(() => width);
    expect(whole).toBeLessThanOrEqual(width);
  });
}
