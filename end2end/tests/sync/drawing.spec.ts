// Only what changed is drawn: nothing on an unchanged answer, one field when one field changed.
import { HELD, run, write } from '../../fixtures/prompts.ts';
import { changes, watchPanels } from '../../fixtures/quiet.ts';
import { expect, test } from '../../fixtures/test.ts';

test.use({ arm: 'deduped' });

const READ = '/api/agent/get_session_with_metadata';
const PROMPT = [write('one.txt', 'one'), run('echo held')].join('\n');

test('ten unchanged answers change nothing in the sidebar and the git section', async ({
  app,
  clock,
  newSession,
  page,
  sessionPage,
  wire,
}) => {
  const { id } = await newSession(PROMPT);
  const open = await app.api.asked(id);
  await app.api.answer(id, open, 'allow_once');
  await app.api.asked(id, open.seq);
  await clock.install();
  await sessionPage.open(id);
  await clock.freeze();
  await clock.pass(4_000);
  await watchPanels(page);
  wire.forget();
  await clock.pass(21_000);
  expect(wire.count(READ, 304)).toBeGreaterThanOrEqual(10);
  expect(wire.count(READ)).toBe(wire.count(READ, 304));
  expect(await changes(page)).toEqual([]);

  app.sql(`UPDATE sessions SET model = 'another' WHERE id = '${id}'`);
  await expect(async () => {
    await clock.pass(2_250);
    await expect(sessionPage.sidebar).toContainText('another', { timeout: 100 });
  }).toPass();
  expect((await changes(page)).length).toBeGreaterThanOrEqual(1);
});

test('focus, selection, scroll and elements survive every update', async ({ app, newSession, page, sessionPage }) => {
  const { id } = await newSession(PROMPT);
  const open = await app.api.asked(id);
  await sessionPage.open(id);
  await sessionPage.composer.fill('half a thought');
  await page.evaluate(() => {
    const composer = document.querySelector<HTMLTextAreaElement>('[data-testid="composer"]');
    composer?.focus();
    composer?.setSelectionRange(2, 6);
    Object.assign(window, {
      held: ['thread-sidebar', 'git-section', 'session-title', 'composer'].map((id) =>
        document.querySelector(`[data-testid="${id}"]`),
      ),
    });
  });
  await app.api.answer(id, open, 'allow_once');
  await expect(sessionPage.changedFile('one.txt')).toBeVisible();
  await expect(sessionPage.entry('approval')).toHaveCount(2);
  const kept = await page.evaluate(() => {
    const { held } = window as unknown as { held: Element[] };
    const composer = held[3] as HTMLTextAreaElement;
    return {
      same: held.map((element) => element.isConnected),
      focus: document.activeElement === composer,
      selection: [composer.selectionStart, composer.selectionEnd],
      text: composer.value,
    };
  });
  expect(kept).toEqual({ same: [true, true, true, true], focus: true, selection: [2, 6], text: 'half a thought' });
});

test('the list is kept fresh by one conditional request per poll', async ({ app, clock, listPage, newSession, wire }) => {
  const { id } = await newSession(HELD);
  await app.api.reaches(id, 'waiting_approval');
  await clock.install();
  await listPage.open();
  await clock.freeze();
  await clock.pass(4_000);
  wire.forget();
  await clock.pass(20_000);
  const list = wire.count('/api/agent/list');
  expect(list).toBeGreaterThanOrEqual(9);
  expect(list).toBeLessThanOrEqual(10);
  expect(wire.count('/api/agent/list', 304)).toBeGreaterThan(0);
  expect(wire.seen.filter(({ path }) => path.startsWith('/api/') && path !== '/api/client/report').length).toBe(list);
});
