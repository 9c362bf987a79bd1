// A console that browsers reach without TLS: they keep some things back there, and it works all the same.
import { chromium, expect, test } from '@playwright/test';
import { Console } from '../../fixtures/console.ts';
import { HELP } from '../../fixtures/prompts.ts';

const HOST = 'console.test:8080';

test('without TLS a person logs in, copies and logs out', async ({ launchOptions }) => {
  const app = await Console.start({ publicUrl: `http://${HOST}` });
  const rules = `MAP ${HOST} ${app.bound}`;
  const args = [...(launchOptions.args ?? []), `--host-resolver-rules=${rules}`];
  const browser = await chromium.launch({ ...launchOptions, args });
  try {
    const page = await browser.newPage();
    const { id } = await app.api.create(app.repo, HELP, 'Without TLS');
    await app.api.reaches(id, 'idle');
    await page.goto(app.newLoginLink());
    expect(await page.evaluate(() => isSecureContext)).toBe(false);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('link', { name: 'Without TLS' }).click();
    await page.locator('html[data-hydrated]').waitFor();
    const copy = page.getByRole('button', { name: 'Copy code' }).first();
    await copy.click();
    await expect(copy).toContainText('Copied');
    await page.getByTestId('composer').focus();
    await page.keyboard.press('Control+v');
    await expect(page.getByTestId('composer')).toHaveValue(/echo hello/);
    await page.getByRole('button', { name: 'Log out' }).click();
    await expect(page).toHaveURL(/\/login$/);
  } finally {
    await browser.close();
    await app.stop();
  }
});
