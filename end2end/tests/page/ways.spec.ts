// How people come to a page and what they do there: links of other sites, lists that move, copies.
import { catchCopies } from '../../fixtures/clipboard.ts';
import { HELD, HELP } from '../../fixtures/prompts.ts';
import { expect, test } from '../../fixtures/test.ts';

test.use({ tolerated: [/net::ERR|Failed to load resource/] });

test('a link of another site opens the session at its entry', async ({ app, newSession, page }) => {
  const { id } = await newSession(HELP);
  await app.api.reaches(id, 'idle');
  const to = `${app.origin}/agents/${id}#entry-2`;
  await page.goto(`data:text/html,<a href="${to.replace('#', '%23')}">Look here</a>`);
  await page.getByRole('link', { name: 'Look here' }).click();
  await page.locator('html[data-hydrated]').waitFor();
  expect(page.url()).toBe(to);
  await expect(page.locator('#entry-2')).toBeFocused();
});

test('a row stays under a resting pointer, and the list says that there is news', async ({
  app,
  listPage,
  newSession,
  page,
}) => {
  const first = await newSession(HELP, 'The first');
  await app.api.reaches(first.id, 'idle');
  const second = await newSession(HELP, 'The second');
  await app.api.reaches(second.id, 'idle');
  await listPage.open();
  const row = listPage.row(second.id);
  const box = await row.boundingBox();
  if (!box) throw new Error('no row');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await app.api.send(first.id, HELD);
  await app.api.reaches(first.id, 'waiting_approval');
  await expect(page.getByText('The list has changed')).toBeVisible();
  expect(await row.boundingBox()).toEqual(box);
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await expect(page.getByTestId('session-title')).toHaveText('The second');
  await page.goBack();
  await page.mouse.move(0, 0);
  await expect(page.getByText('The list has changed')).toHaveCount(0);
  await expect(listPage.rows.first()).toContainText('The first');
});

test('a browser that believes to be offline shows what the console still answers', async ({
  app,
  newSession,
  page,
  sessionPage,
}) => {
  const { id } = await newSession(HELD);
  await app.api.reaches(id, 'waiting_approval');
  await sessionPage.open(id);
  await page.evaluate(() => {
    Object.defineProperty(navigator, 'onLine', { get: () => false });
    window.dispatchEvent(new Event('offline'));
  });
  await app.api.answer(id, await app.api.asked(id), 'allow_once');
  await app.api.reaches(id, 'idle');
  await expect(sessionPage.status).toHaveAttribute('data-status', 'idle');
  await expect(sessionPage.offline).toHaveCount(0);
});

test('without a clipboard a text is copied all the same, and a refusal is said', async ({ app, newSession, page, sessionPage }) => {
  const { id } = await newSession('```sh\necho one\n```\n');
  await app.api.answer(id, await app.api.asked(id), 'allow_once');
  await app.api.reaches(id, 'idle');
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'clipboard', { value: undefined });
    document.execCommand = (name: string) => {
      (window as unknown as { copied: unknown[] }).copied = [name, String(getSelection())];
      return (window as unknown as { allows: boolean }).allows;
    };
  });
  await sessionPage.open(id);
  const copy = await sessionPage.tool(sessionPage.entry('tool').first(), 'Copy output');
  await copy.click();
  await expect(copy).toContainText('Not copied');
  await page.evaluate(() => Object.assign(window, { allows: true }));
  await copy.blur();
  await copy.click();
  await expect(copy).toContainText('Copied');
});

test('the title of a session stays in view', async ({ app, newSession, page, sessionPage }) => {
  const { id } = await newSession(HELP.repeat(300));
  await app.api.reaches(id, 'idle');
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 700 });
    await sessionPage.open(id);
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
    await expect(sessionPage.title).toBeInViewport({ ratio: 1 });
  }
});

test('texts go in the direction of their words, and code does not', async ({ app, newSession, page, sessionPage }) => {
  const { id } = await newSession('שלום עולם\n\n- פריט `src/main.rs`\n\n```\nlet a = "שלום";\n```\n');
  await app.api.reaches(id, 'idle');
  await sessionPage.open(id);
  const message = sessionPage.entry('user').first();
  await expect(message.getByText('שלום עולם')).toHaveCSS('direction', 'rtl');
  await expect(message.getByRole('listitem').first()).toHaveCSS('direction', 'rtl');
  await expect(message.locator('code').first()).toHaveCSS('direction', 'ltr');
  await expect(message.locator('pre')).toHaveCSS('direction', 'ltr');
  await sessionPage.composer.fill('שלום');
  await expect(sessionPage.composer).toHaveCSS('direction', 'rtl');
  await expect(page.locator('html')).toHaveCSS('direction', 'ltr');
});

test('a table of many columns is scrolled and breaks no word', async ({ app, newSession, page, sessionPage }) => {
  const row = `|${Array.from({ length: 14 }, (_, n) => ` column${n} `).join('|')}|`;
  const { id } = await newSession(`${row}\n${'|---'.repeat(14)}|\n${row}\n`);
  await app.api.reaches(id, 'idle');
  await page.setViewportSize({ width: 390, height: 800 });
  await sessionPage.open(id);
  const table = sessionPage.entry('user').first().getByRole('group', { name: 'Table' });
  const cells = await table.locator('td').evaluateAll((all) => all.map((cell) => cell.clientHeight));
  expect(Math.max(...cells)).toBeLessThan(48);
  expect(await table.evaluate((it) => it.scrollWidth > it.clientWidth)).toBe(true);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});

test('a message is copied as it was written', async ({ app, newSession, page, sessionPage }) => {
  const text = 'Some **words** and `code`';
  const { id } = await newSession(text);
  await app.api.reaches(id, 'idle');
  const copied = await catchCopies(page);
  await sessionPage.open(id);
  await (await sessionPage.tool(sessionPage.entries.first(), 'Copy message')).click();
  await expect.poll(copied).toBe(text);
});
