// Changes that nobody wants: thrown away by the file, and brought back.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { write } from '../../fixtures/prompts.ts';
import { expect, test } from '../../fixtures/test.ts';

// A refusal is an answer that the browser complains about.
test.use({ tolerated: [/409/] });

const WORK = write('keep.txt', 'kept') + write('drop.txt', 'dropped');

test('chosen files are discarded and brought back', async ({ app, newSession, page, sessionPage }) => {
  const { id } = await newSession(WORK);
  for (let n = 0; n < 2; n += 1) await app.api.answer(id, await app.api.asked(id), 'allow_once');
  await app.api.reaches(id, 'idle');
  await sessionPage.open(id);
  await expect(sessionPage.changedFiles).toHaveCount(2);
  const discard = page.getByTestId('discard');
  await expect(discard).toHaveCount(0);
  const choice = sessionPage.git.getByRole('checkbox', { name: 'Commit drop.txt' });
  await choice.check();
  await expect(discard).toHaveText('Discard 1 file');
  await discard.click();
  await expect(sessionPage.git).toContainText('Discarded 1 file.');
  await expect(sessionPage.changedFiles).toHaveCount(1);
  await expect(sessionPage.changedFiles).toContainText('keep.txt');
  await sessionPage.git.getByRole('button', { name: 'Undo' }).click();
  await expect(sessionPage.git).toContainText('Brought back 1 file.');
  await expect(sessionPage.changedFiles).toHaveCount(2);
  expect((await app.api.session(id)).status).toBe('idle');
});

test('the last change can be brought back too, and what changed since it was looked at is not thrown away', async ({
  app,
  newSession,
  page,
  sessionPage,
}) => {
  const { id, worktree } = await newSession(write('only.txt', 'one'));
  await app.api.answer(id, await app.api.asked(id), 'allow_once');
  await app.api.reaches(id, 'idle');
  await sessionPage.open(id);
  const file = sessionPage.changedFiles.first();
  await file.getByRole('button', { name: 'only.txt' }).click();
  await expect(sessionPage.diff).toContainText('one');
  await sessionPage.git.getByRole('checkbox', { name: 'Commit only.txt' }).check();
  const path = join((await app.api.session(id)).worktree.path || worktree.path, 'only.txt');
  writeFileSync(path, 'another hand\n');
  await page.getByTestId('discard').click();
  await expect(sessionPage.git).toContainText('a file changed since it was shown');
  await expect(sessionPage.changedFiles).toHaveCount(1);
  // It was read again: what is shown now is what is thrown away.
  await expect(sessionPage.diff).toContainText('another hand');
  await page.getByTestId('discard').click();
  await expect(sessionPage.git).toContainText('Discarded 1 file.');
  await expect(sessionPage.changedFiles).toHaveCount(0);
  await sessionPage.git.getByRole('button', { name: 'Undo' }).click();
  await expect(sessionPage.changedFiles).toHaveCount(1);
});
