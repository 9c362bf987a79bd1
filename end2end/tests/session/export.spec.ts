// A session as a file: Markdown and JSON from the page's own links.
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { HELP } from '../../fixtures/prompts.ts';
import { expect, test } from '../../fixtures/test.ts';

async function saved(page: Page, name: string): Promise<{ name: string; text: string }> {
  await page.getByTestId('export').click();
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name }).click();
  const file = await download;
  await page.getByTestId('export').click();
  return { name: file.suggestedFilename(), text: readFileSync(await file.path(), 'utf8') };
}

test('a session is saved as Markdown and as JSON', async ({ app, newSession, page, sessionPage }) => {
  const { id } = await newSession(HELP, 'Größe & "Weft"');
  await app.api.reaches(id, 'idle');
  await sessionPage.open(id);
  const short = id.slice(-8);
  const markdown = await saved(page, 'As Markdown');
  expect(markdown.name).toBe(`gr-e-weft-${short}.md`);
  expect(markdown.text).toContain('# Größe & "Weft"');
  expect(markdown.text).toContain('## Turn 1');
  expect(markdown.text).toContain(HELP);
  const json = await saved(page, 'As JSON');
  expect(json.name).toBe(`gr-e-weft-${short}.json`);
  const whole = JSON.parse(json.text);
  expect(whole.session.id).toBe(id);
  expect(whole.entries).toHaveLength((await app.api.snapshot(id)).thread.total);
  await expect(page).toHaveURL(`/agents/${id}`);
});
