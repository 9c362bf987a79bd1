// What lies behind a thread: the journal lines of an entry, and a quiet agent's last words.
import { withConsole } from '../../fixtures/agents.ts';
import { catchCopies } from '../../fixtures/clipboard.ts';
import { call, says, withTeller } from '../../fixtures/teller.ts';
import { expect, test as base } from '../../fixtures/test.ts';

const test = base.extend<object, object>({
  app: [
    async ({}, use) => {
      const updates = [says('One '), says('two.'), call('t', 'execute', 'Look')];
      await withConsole(withTeller(updates, false), use);
    },
    { scope: 'worker', timeout: 60_000 },
  ],
});

test('the raw lines behind an entry open, are copied and close', async ({ newSession, page, sessionPage }) => {
  const copied = await catchCopies(page);
  const { id } = await newSession('Weave', undefined, 'teller');
  await sessionPage.open(id);
  const said = sessionPage.entry('agent');
  await expect(said).toContainText('One two.');
  await (await sessionPage.tool(said, /^Raw lines of entry/)).click();
  const raw = page.getByRole('dialog', { name: 'Raw lines of an entry' });
  await expect(raw.getByRole('listitem')).toHaveCount(2);
  await expect(raw.getByRole('listitem').first()).toContainText(/Line \d+ · from the agent/);
  await expect(raw.getByRole('listitem').first()).toContainText('"text": "One "');
  await expect(raw.locator('[data-syntax="type"]').first()).toHaveText('"jsonrpc"');
  await expect(raw.getByRole('button', { name: 'Close the raw view' })).toBeFocused();
  await raw.getByRole('button', { name: 'Copy code' }).first().click();
  expect(JSON.parse((await copied()) ?? '').params.update.content.text).toBe('One ');
  await page.keyboard.press('Escape');
  await expect(raw).toBeHidden();
});

test('a quiet turn says so with the last words of the agent, and goes on', async ({ app, newSession, page, sessionPage }) => {
  const { id } = await newSession('Weave', undefined, 'teller');
  await app.api.reaches(id, 'working');
  await sessionPage.open(id);
  const badge = page.getByTestId('quiet-badge');
  await expect(sessionPage.entry('tool')).toContainText('Look');
  await expect(badge).toBeHidden();
  app.sql(`UPDATE sessions SET last_activity_at = last_activity_at - 60000 WHERE id = '${id}'`);
  await expect(badge).toContainText(/^no activity for \d+ s/);
  const seconds = async () => Number(/\d+/.exec(await badge.innerText())?.[0]);
  const before = await seconds();
  await expect.poll(seconds).toBeGreaterThan(before);
  const asked = page.waitForRequest(/\/api\/agent\/get_stderr/);
  await badge.getByRole('button').click();
  await asked;
  await expect(badge.getByRole('group', { name: 'Standard error' })).toContainText('careful');
  await expect(sessionPage.status).toHaveAttribute('data-status', 'working');
});
