// What is typed before the page is interactive, and drafts of several tabs: nothing of it is lost.
import { HELP } from '../../fixtures/prompts.ts';
import { expect, test } from '../../fixtures/test.ts';

test('what is typed before the program is there is the draft', async ({ app, newSession, page, sessionPage, wire }) => {
  const { id } = await newSession(HELP);
  await app.api.reaches(id, 'idle');
  const program = await app.program();
  const release = wire.hold(program);
  await page.goto(`/agents/${id}`, { waitUntil: 'commit' });
  await sessionPage.composer.fill('Typed early');
  release();
  await page.locator('html[data-hydrated]').waitFor();
  await expect(sessionPage.composer).toHaveValue('Typed early');
  await expect(sessionPage.send).toBeEnabled();
  await page.reload();
  await expect(sessionPage.composer).toHaveValue('Typed early');
});

for (const [path, label] of [
  ['/agents/new', /prompt/i],
  ['/agents/new', /title/i],
  ['/settings', /users who get it/i],
] as const) {
  test(`what is typed early into ${label} of ${path} stays`, async ({ app, page, wire }) => {
    const program = await app.program();
    const release = wire.hold(program);
    await page.goto(path, { waitUntil: 'commit' });
    const field = page.getByRole('textbox', { name: label });
    await field.fill('Typed early');
    release();
    await page.locator('html[data-hydrated]').waitFor();
    await expect(field).toHaveValue('Typed early');
  });
}

test('two tabs keep their own drafts, and each knows of the other', async ({ app, context, newSession, page, sessionPage }) => {
  const { id } = await newSession(HELP);
  await app.api.reaches(id, 'idle');
  await sessionPage.open(id);
  const other = await context.newPage();
  await other.goto(`/agents/${id}`);
  await other.locator('html[data-hydrated]').waitFor();
  const composer = other.getByTestId('composer');
  await composer.fill('Of the other tab');
  await sessionPage.composer.fill('Of this tab');
  await other.reload();
  await expect(composer).toHaveValue('Of the other tab');
  await page.reload();
  await expect(sessionPage.composer).toHaveValue('Of this tab');
  const drafts = page.getByRole('region', { name: 'Other drafts of this message' });
  await expect(drafts).toContainText('Of the other tab');
  await drafts.getByRole('button', { name: 'Use this' }).click();
  await expect(sessionPage.composer).toHaveValue('Of the other tab');
  await expect(drafts).toContainText('Of this tab');
  await drafts.getByRole('button', { name: 'Delete' }).click();
  await expect(drafts).toHaveCount(0);
  await other.close();
});

test('a message for a commit is still there when one comes back', async ({ app, newSession, page, sessionPage }) => {
  const { id } = await newSession('```file path=a.txt\na\n```\n');
  await app.api.answer(id, await app.api.asked(id), 'allow_once');
  await app.api.reaches(id, 'idle');
  await sessionPage.open(id);
  await sessionPage.commitMessage.fill('Why it is so');
  await page.getByRole('link', { name: 'Sessions', exact: true }).click();
  await page.getByRole('heading', { name: 'Sessions', level: 1 }).waitFor();
  await page.goBack();
  await expect(sessionPage.commitMessage).toHaveValue('Why it is so');
});

test('a message whose answer is cut off by a reload is a draft, unless it arrived', async ({
  app,
  newSession,
  page,
  sessionPage,
  wire,
}) => {
  const { id } = await newSession(HELP);
  await app.api.reaches(id, 'idle');
  await sessionPage.open(id);
  wire.break('/api/agent/send_message', { kind: 'hang' }, 1);
  await sessionPage.say('Cut off on its way');
  await expect.poll(() => wire.count('/api/agent/send_message')).toBe(1);
  await page.reload();
  await sessionPage.hydrated();
  const drafts = page.getByRole('region', { name: 'Other drafts of this message' });
  // In the field, where the page saw the request fail before it went; else beside it.
  const beside = drafts.getByRole('button', { name: 'Use this' });
  const inField = async () => (await sessionPage.composer.inputValue()) === 'Cut off on its way';
  await expect.poll(async () => (await inField()) || (await beside.count()) > 0).toBe(true);
  if (!(await inField())) await beside.click();
  await expect(sessionPage.composer).toHaveValue('Cut off on its way');
  await sessionPage.send.click();
  await expect(sessionPage.entry('user').last()).toContainText('Cut off on its way');
  await page.reload();
  await sessionPage.hydrated();
  await expect(drafts).toHaveCount(0);
  await expect(sessionPage.composer).toHaveValue('');
});
