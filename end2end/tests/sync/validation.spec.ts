// The validation plan of the polling ticket: six ways in which a page could tell old news.
import { HELD, HELP, run } from '../../fixtures/prompts.ts';
import { expect, test } from '../../fixtures/test.ts';
import { until } from '../../fixtures/wait.ts';

test.use({ arm: 'deduped' });

const READ = '/api/agent/get_session_with_metadata';

test('normal operation: a change is shown within twice the interval', async ({ app, clock, newSession, sessionPage }) => {
  const { id } = await newSession(HELD);
  await app.api.reaches(id, 'waiting_approval');
  await clock.install();
  await sessionPage.open(id);
  await clock.freeze();
  await clock.pass(2_500);
  const { revision } = await app.api.session(id);
  await app.api.post('agent/update_session', { id, revision, title: 'Renamed elsewhere' });
  await clock.pass(2_250);
  await expect(sessionPage.title).toHaveText('Renamed elsewhere');
  await expect(sessionPage.stale).toHaveCount(0);
});

test('slow network: the reader is told of the delay, and the page converges', async ({
  app,
  newSession,
  sessionPage,
  wire,
}) => {
  const { id } = await newSession(HELD);
  const { revision } = await app.api.reaches(id, 'waiting_approval');
  await sessionPage.open(id);
  wire.break(READ, { kind: 'delay', ms: 4_000 });
  await app.api.post('agent/update_session', { id, revision, title: 'Slow news' });
  await expect(sessionPage.stale).toBeVisible();
  await expect(sessionPage.title).toHaveText('Slow news');
  wire.mend();
  await expect(sessionPage.stale).toHaveCount(0);
});

test.describe('concurrent updates', () => {
  // A rename on a revision that has passed is refused first.
  test.use({ tolerated: [/409/] });

  test('two people rename: both values are shown to the second, none is lost, both pages converge', async ({
    app,
    context,
    newSession,
    sessionPage,
    wire,
  }) => {
    const { id } = await newSession(HELD);
    await app.api.reaches(id, 'waiting_approval');
    await sessionPage.open(id);
    const other = new (sessionPage.constructor as new (page: unknown) => typeof sessionPage)(await context.newPage());
    await other.open(id);
    // The second one does not hear of the first before writing.
    wire.break(READ, { kind: 'hang' });
    await sessionPage.rename('Mine');
    await expect.poll(async () => (await app.api.session(id)).title).toBe('Mine');
    await other.rename('Theirs');
    await expect(other.conflict).toContainText('Mine');
    await expect(other.conflict).toContainText('Theirs');
    wire.mend();
    await other.conflict.getByRole('button', { name: 'Keep mine' }).click();
    await expect.poll(async () => (await app.api.session(id)).title).toBe('Theirs');
    await expect(other.title).toHaveText('Theirs');
    // Its request that hangs is given up after 10 s.
    await expect(sessionPage.title).toHaveText('Theirs', { timeout: 20_000 });
    await expect(other.conflict).toHaveCount(0);
  });

  test('an agent that works and a person who renames do not undo each other', async ({ app, newSession, sessionPage }) => {
    const { id } = await newSession(Array.from({ length: 30 }, (_, at) => run(`echo step ${at}`)).join('\n'));
    const open = await app.api.asked(id);
    await sessionPage.open(id);
    await app.api.answer(id, open, 'allow_always');
    await sessionPage.rename('In the middle of it');
    await app.api.reaches(id, 'idle');
    await expect(sessionPage.title).toHaveText('In the middle of it');
    await expect(sessionPage.entry('tool')).toHaveCount(30);
    expect((await app.api.session(id)).title).toBe('In the middle of it');
  });
});

test('background updates: what the agent does by itself is shown', async ({ app, newSession, sessionPage }) => {
  const { id } = await newSession(run('echo done in the background'));
  const open = await app.api.asked(id);
  await sessionPage.open(id);
  await app.api.answer(id, open, 'allow_once');
  await expect(sessionPage.entry('tool')).toContainText('done in the background');
  await expect(sessionPage.status).toHaveAttribute('data-status', 'idle');
});

test('invalidation from outside: another program changes the row, an open page follows', async ({
  app,
  newSession,
  sessionPage,
}) => {
  const { id } = await newSession(HELD);
  await app.api.reaches(id, 'waiting_approval');
  await sessionPage.open(id);
  app.sql(`UPDATE sessions SET title = 'Changed by hand' WHERE id = '${id}'`);
  await expect(sessionPage.title).toHaveText('Changed by hand');
});

test('stale data: a local copy that was tampered with is dropped, told, and replaced', async ({
  app,
  listPage,
  newSession,
  page,
  sessionPage,
}) => {
  const { id } = await newSession(HELP, 'The true title');
  await app.api.reaches(id, 'idle');
  const key = `heddle.1.session.${id}`;
  await sessionPage.open(id);
  await app.api.send(id, HELP);
  await until('the copy', async () => (await page.evaluate((key) => localStorage.getItem(key), key)) ?? undefined);
  await app.api.reaches(id, 'idle');
  await listPage.open();
  const before = app.stderr.length;
  await page.evaluate((key) => {
    const text = localStorage.getItem(key) ?? '';
    localStorage.setItem(key, text.replace('The true title', 'A forged title'));
  }, key);
  await listPage.row(id).getByRole('link').click();
  await expect(sessionPage.title).toHaveText('The true title');
  await expect(page.getByText('A forged title')).toHaveCount(0);
  await until('the incident', () => /tampered/.test(app.stderr.slice(before)) || undefined);
});
