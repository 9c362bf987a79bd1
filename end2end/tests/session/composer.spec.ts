// The composer: images and files that go along, completion, earlier messages, the queue, options.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { HELD, HELP, run } from '../../fixtures/prompts.ts';
import { expect, test } from '../../fixtures/test.ts';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==',
  'base64',
);
const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==', 'base64');

/** An image of its own: what is the same twice goes along once. */
const png = (name: string) => ({ name, mimeType: 'image/png', buffer: Buffer.concat([PNG, Buffer.from(name)]) });
const along = (page: Page) => page.getByRole('list', { name: 'Goes along with the message' });

/** A message's files in the hands of the page, for a paste or a drop. */
const carry = (page: Page, name: string, kind: string, bytes: Buffer) =>
  page.evaluateHandle(
    ([name, kind, text]) => {
      const data = new DataTransfer();
      const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      data.items.add(new File([bytes], name, { type: kind }));
      return data;
    },
    [name, kind, bytes.toString('base64')] as const,
  );

async function paste(field: Locator, name: string): Promise<void> {
  const clipboardData = await carry(field.page(), name, 'image/png', PNG);
  await field.evaluate((field, clipboardData) => {
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, clipboardData);
}

test('images are pasted, dropped, picked and taken out, and reach the agent', async ({ app, newSession, page, sessionPage }) => {
  const { id } = await newSession(HELP);
  await app.api.reaches(id, 'idle');
  await sessionPage.open(id);
  await paste(sessionPage.composer, 'pasted.png');
  await expect(along(page).getByRole('listitem')).toContainText(['pasted.png']);
  const dataTransfer = await carry(page, 'dropped.gif', 'image/gif', GIF);
  await sessionPage.composer.dispatchEvent('drop', { dataTransfer });
  await page.getByTestId('attach').setInputFiles([png('one.png'), png('two.png')]);
  await expect(along(page).getByRole('listitem')).toHaveCount(4);
  await expect(along(page).locator('img')).toHaveCount(4);
  await page.getByRole('button', { name: 'Remove two.png' }).click();
  await expect(along(page).getByRole('listitem')).toHaveCount(3);

  await sessionPage.say('Look at these');
  await expect(along(page)).toHaveCount(0);
  const said = sessionPage.entry('user').last();
  await expect(said).toContainText('Look at these');
  await expect(said.getByRole('img')).toHaveCount(3);
  await expect(said.getByRole('img', { name: 'dropped.gif' })).toBeVisible();
  await expect(sessionPage.entry('agent').last()).toContainText(`an image (image/gif, ${GIF.length} bytes)`);
});

test('an image needs no words', async ({ app, newSession, page, sessionPage }) => {
  const { id } = await newSession(HELP);
  await app.api.reaches(id, 'idle');
  await sessionPage.open(id);
  await expect(sessionPage.send).toBeDisabled();
  await paste(sessionPage.composer, 'alone.png');
  await expect(sessionPage.send).toBeEnabled();
  await sessionPage.send.click();
  await expect(along(page)).toHaveCount(0);
  await expect(sessionPage.entry('user').last().getByRole('img', { name: 'alone.png' })).toBeVisible();
  await expect(sessionPage.entry('agent').last()).toContainText('an image (image/png');
});

test.describe('what cannot be taken', () => {
  test.use({ tolerated: [/415/] });

  test('is told with its name and reason, and nothing else is lost', async ({ app, newSession, page, sessionPage }) => {
    const { id } = await newSession(HELP);
    await app.api.reaches(id, 'idle');
    await sessionPage.open(id);
    const attach = page.getByTestId('attach');
    const refusal = page.getByRole('alert');
    await attach.setInputFiles({ name: 'page.html', mimeType: 'text/html', buffer: Buffer.from('<p>') });
    await expect(refusal.first()).toContainText('page.html: only PNG, JPEG, GIF and WebP');
    const large = Buffer.alloc(10 * 1024 * 1024 + 1);
    await attach.setInputFiles({ name: 'large.png', mimeType: 'image/png', buffer: large });
    await expect(refusal.first()).toContainText('large.png: an image may have 10 MiB');
    const fake = Buffer.from('<!DOCTYPE html><script>alert(1)</script>');
    await attach.setInputFiles({ name: 'fake.png', mimeType: 'image/png', buffer: fake });
    await expect(along(page).getByRole('listitem')).toContainText(['whatever their name']);
    await page.getByRole('button', { name: 'Remove fake.png' }).click();
    await attach.setInputFiles([1, 2, 3, 4, 5, 6].map((n) => png(`${n}.png`)));
    await expect(refusal.first()).toContainText('6.png: a message takes 5 images');
    await expect(along(page).locator('img')).toHaveCount(5);
  });
});

test('a new session takes images too', async ({ app, page, newPage, sessionPage }) => {
  await newPage.open();
  await page.getByTestId('attach').setInputFiles(png('first.png'));
  await expect(along(page).locator('img')).toHaveCount(1);
  await newPage.start({ repo: app.repo, branch: 'main', title: 'With an image', prompt: HELP });
  await expect(page).toHaveURL(/\/agents\/[0-9a-f-]{36}$/);
  await expect(sessionPage.entry('user').getByRole('img', { name: 'first.png' })).toBeVisible();
  await expect(sessionPage.entry('agent').first()).toContainText(`${png('first.png').buffer.length} bytes`);
  await app.api.remove(await sessionPage.leave());
});

test('a file is completed after @ and goes along', async ({ app, newSession, page, sessionPage }) => {
  const { id } = await newSession(HELP);
  const { worktree } = await app.api.reaches(id, 'idle');
  writeFileSync(join(worktree.path, 'shuttle.md'), 'new');
  await sessionPage.open(id);
  const field = sessionPage.composer;
  const list = page.getByRole('listbox', { name: 'Suggestions' });
  await field.pressSequentially('See @');
  await expect(list.getByRole('option').nth(1)).toBeVisible();
  await expect(field).toHaveAttribute('aria-expanded', 'true');
  await expect(field).toHaveAttribute('aria-activedescendant', 'completion-0');
  await field.press('ArrowDown');
  await expect(field).toHaveAttribute('aria-activedescendant', 'completion-1');
  await field.press('Escape');
  await expect(list).toBeHidden();
  await expect(field).toHaveValue('See @');
  await field.pressSequentially('shut');
  await expect(list.getByRole('option')).toHaveText(['shuttle.md']);
  await field.press('Tab');
  await expect(field).toHaveValue('See @shuttle.md ');
  await expect(along(page)).toContainText('shuttle.md');
  await field.pressSequentially('please');
  await field.press('Enter');
  await expect(sessionPage.entry('user').last()).toContainText('See @shuttle.md please');
  await expect(sessionPage.entry('agent').last()).toContainText('the file shuttle.md');
});

test('a command of the agent is completed after /', async ({ app, newSession, page, sessionPage }) => {
  const { id } = await newSession(HELP);
  await app.api.reaches(id, 'idle');
  await sessionPage.open(id);
  await sessionPage.composer.pressSequentially('/');
  const list = page.getByRole('listbox', { name: 'Suggestions' });
  await expect(list.getByRole('option')).toHaveCount(3);
  await sessionPage.composer.pressSequentially('st');
  await expect(list.getByRole('option', { name: /status/ }).first()).toContainText('Show what has changed');
  await list.getByRole('option', { name: /status/ }).first().click();
  await expect(sessionPage.composer).toHaveValue('/status ');
  await expect(sessionPage.composer).toBeFocused();
});

test('the arrows go through earlier messages, and nothing written is lost', async ({ app, newSession, sessionPage }) => {
  const { id } = await newSession('The first');
  await app.api.reaches(id, 'idle');
  await app.api.send(id, 'The second');
  await app.api.reaches(id, 'idle');
  await sessionPage.open(id);
  const field = sessionPage.composer;
  await expect(sessionPage.entry('user')).toHaveCount(2);
  await field.fill('A draft');
  await field.press('ArrowUp');
  await expect(field).toHaveValue('A draft');
  await field.press('Home');
  await field.press('ArrowUp');
  await expect(field).toHaveValue('The second');
  await field.press('ArrowUp');
  await expect(field).toHaveValue('The first');
  await field.pressSequentially(' again');
  await field.press('ArrowDown');
  await field.press('ArrowDown');
  await expect(field).toHaveValue('A draft');
  await field.press('ArrowUp');
  await field.press('ArrowUp');
  await expect(field).toHaveValue('The first again');
});

test('queued messages are moved by the keyboard and sent now', async ({ app, newSession, page, sessionPage }) => {
  const { id } = await newSession(HELD);
  await app.api.asked(id);
  await sessionPage.open(id);
  for (const text of ['one', 'two', HELD]) await app.api.send(id, text);
  const rows = page.getByRole('region', { name: 'Queued messages' }).getByRole('listitem');
  await expect(rows).toHaveCount(3);
  const up = rows.last().getByRole('button', { name: 'Move queued message up' });
  await up.press('Enter');
  await expect(rows.nth(1)).toContainText('echo held');
  await expect(page.locator('button:focus')).toHaveAttribute('aria-label', 'Move queued message up');
  await page.keyboard.press('Enter');
  await expect(rows.first()).toContainText('echo held');
  const queue = async () => (await app.api.session(id)).queue.map(({ text }) => text);
  await expect.poll(queue).toEqual([HELD, 'one', 'two']);
  await rows.first().getByRole('button', { name: 'Move queued message down' }).click();
  await expect.poll(queue).toEqual(['one', HELD, 'two']);
  await rows.nth(1).getByRole('button', { name: 'Send now' }).click();
  await expect(sessionPage.entry('user')).toHaveCount(2);
  await expect(rows).toHaveCount(2);
  await expect(sessionPage.entry('system')).toContainText('the turn was stopped');
  await expect(sessionPage.status).toHaveAttribute('data-status', 'waiting_approval');
  await expect.poll(queue).toEqual(['one', 'two']);
});

test('an option of the agent is chosen, and is a text while no agent runs', async ({ app, newSession, page, sessionPage }) => {
  const { id } = await newSession(HELP);
  await app.api.reaches(id, 'idle');
  await sessionPage.open(id);
  const options = page.getByRole('group', { name: 'Options of the agent' });
  const mode = options.getByRole('combobox', { name: 'Mode' });
  await expect(mode).toHaveValue('ask');
  await mode.selectOption('auto');
  await expect(mode).toHaveValue('auto');
  await sessionPage.say(run('echo without asking'));
  await expect(sessionPage.entry('tool').last()).toContainText('without asking');
  await expect(sessionPage.status).toHaveAttribute('data-status', 'idle');
  await expect(mode).toHaveValue('auto');
  await app.api.complete(id);
  await expect(options).toContainText('Mode: Auto · applies when the agent runs');
});

test('a draft keeps its images and files over a reload', async ({ app, newSession, page, sessionPage }) => {
  const { id } = await newSession(HELP);
  await app.api.reaches(id, 'idle');
  await sessionPage.open(id);
  await sessionPage.composer.fill('Not yet');
  await page.getByTestId('attach').setInputFiles(png('kept.png'));
  await expect(along(page).locator('img')).toHaveCount(1);
  await page.reload();
  await sessionPage.hydrated();
  await expect(sessionPage.composer).toHaveValue('Not yet');
  await expect(along(page)).toContainText('kept.png');
  await sessionPage.composer.press('Enter');
  await expect(sessionPage.entry('user').last().getByRole('img', { name: 'kept.png' })).toBeVisible();
  await page.reload();
  await sessionPage.hydrated();
  await expect(along(page)).toHaveCount(0);
});
