// The main job, by hand: one page is enough to work with a session from its start to its end.
import { HELP, plan, run, write } from '../../fixtures/prompts.ts';
import { git } from '../../fixtures/repository.ts';
import { expect, test } from '../../fixtures/test.ts';

const PROMPT = [
  'Weave a greeting.\n\n',
  plan('say hello', 'write the pattern', 'clean up'),
  run('echo "hello from the loom"; echo one > one.txt'),
  write('two.txt', 'two'),
  run('rm one.txt'),
].join('\n');

// A rename right after a commit meets a newer revision; the page tries again with that one.
test.use({ tolerated: [/409/] });

test('a session is started, watched, approved, stopped, committed, renamed, completed, taken up again and deleted', async ({
  app,
  page,
  listPage,
  newPage,
  sessionPage,
}) => {
  test.setTimeout(120_000);
  let id = '';
  let began = 0;

  await test.step('start by hand', async () => {
    await listPage.open();
    await listPage.newSession.click();
    await expect(page).toHaveURL('/agents/new');
    await newPage.start({ repo: app.repo, branch: 'main', title: 'Greeting', prompt: PROMPT });
    await expect(page).toHaveURL(/\/agents\/[0-9a-f-]{36}$/);
    id = sessionPage.id();
    began = await sessionPage.timeOrigin();
    await expect(sessionPage.title).toHaveText('Greeting');
  });

  await test.step('watch it come to its first question', async () => {
    await expect(sessionPage.status).toHaveAttribute('data-status', 'waiting_approval');
    await expect(sessionPage.root).toHaveAttribute('data-sync-phase', 'active');
    await expect(sessionPage.entry('user').first()).toContainText('Weave a greeting.');
    await expect(sessionPage.entry('plan')).toContainText('write the pattern');
    await expect(sessionPage.entry('approval').last()).toContainText('echo one > one.txt');
  });

  await test.step('approve', async () => {
    await sessionPage.approve.first().click();
    const call = sessionPage.entry('tool').first();
    await expect(call).toContainText('hello from the loom');
    await expect(sessionPage.entry('approval').last()).toContainText('two.txt');
    await expect(sessionPage.changedFile('one.txt')).toBeVisible();
  });

  await test.step('say more while it works: the message waits, can be seen and taken back', async () => {
    await sessionPage.say('First of the queue');
    await sessionPage.say('Second of the queue');
    await expect(page.getByText('Second of the queue')).toBeVisible();
    const remove = page.getByRole('button', { name: /remove queued/i });
    await expect(remove).toHaveCount(2);
    await remove.last().click();
    await expect(page.getByText('Second of the queue')).toHaveCount(0);
    const queue = async () => (await app.api.session(id)).queue.map((queued) => queued.text);
    await expect.poll(queue).toEqual(['First of the queue']);
  });

  await test.step('deny: the turn ends, and what waited is sent', async () => {
    await sessionPage.approve.first().click();
    await expect(sessionPage.entry('approval').last()).toContainText('rm one.txt');
    await sessionPage.deny.first().click();
    await expect(sessionPage.entry('agent').filter({ hasText: 'was rejected' })).toBeVisible();
    await expect(sessionPage.entry('user').last()).toContainText('First of the queue');
    await expect(sessionPage.status).toHaveAttribute('data-status', 'idle');
  });

  await test.step('stop', async () => {
    await sessionPage.say(run('echo never'));
    await expect(sessionPage.status).toHaveAttribute('data-status', 'waiting_approval');
    await sessionPage.stop.click();
    await expect(sessionPage.status).toHaveAttribute('data-status', 'cancelled');
    await expect(sessionPage.root).toHaveAttribute('data-sync-phase', 'terminal');
  });

  await test.step('look at a change and commit exactly the chosen file', async () => {
    await expect(sessionPage.changedFiles).toHaveCount(2);
    await sessionPage.changedFile('two.txt').getByRole('button', { name: 'two.txt' }).click();
    await expect(sessionPage.diff.first()).toContainText('two');
    await sessionPage.commitFiles('Weave two', ['two.txt']);
    const { worktree } = await app.api.session(id);
    await expect
      .poll(() => git(app.repo, 'log', '-1', '--format=%s', '--name-only', worktree.branch))
      .toBe('Weave two\n\ntwo.txt');
    const commit = git(app.repo, 'rev-parse', worktree.branch);
    await expect(sessionPage.git).toContainText(commit.slice(0, 7));
    expect(git(worktree.path, 'status', '--porcelain')).toBe('?? one.txt');
  });

  await test.step('rename', async () => {
    await sessionPage.rename('Greeting, woven');
    await expect(sessionPage.title).toHaveText('Greeting, woven');
    await expect.poll(async () => (await app.api.session(id)).title).toBe('Greeting, woven');
  });

  await test.step('complete', async () => {
    await sessionPage.complete();
    await expect(sessionPage.status).toHaveAttribute('data-status', 'completed');
    await expect(sessionPage.root).toHaveAttribute('data-sync-phase', 'terminal');
  });

  await test.step('a follow-up after the end wakes the page by itself', async () => {
    await sessionPage.say(run('echo again'));
    await expect(sessionPage.root).toHaveAttribute('data-sync-phase', 'active');
    await expect(sessionPage.status).toHaveAttribute('data-status', 'waiting_approval');
    await sessionPage.approve.first().click();
    await expect(sessionPage.entry('tool').last()).toContainText('again');
    await expect(sessionPage.status).toHaveAttribute('data-status', 'idle');
    expect(await sessionPage.timeOrigin(), 'the page was not loaded again').toBe(began);
  });

  await test.step('delete', async () => {
    await sessionPage.delete();
    await expect(page).toHaveURL('/');
    await expect(listPage.row(id)).toHaveCount(0);
    await expect(app.api.session(id)).rejects.toThrow(/410|404/);
    expect(await sessionPage.timeOrigin(), 'the page was not loaded again').toBe(began);
  });
});

test('the list shows those that wait for a person first', async ({ app, listPage, newSession }) => {
  const idle = await newSession(HELP);
  const waiting = await newSession(run('echo x'));
  await app.api.reaches(waiting.id, 'waiting_approval');
  await app.api.send(idle.id, HELP);
  await app.api.reaches(idle.id, 'idle');
  await listPage.open();
  const ids = await listPage.rows.evaluateAll((rows) => rows.map((row) => row.getAttribute('data-session-id')));
  expect(ids.indexOf(waiting.id)).toBeLessThan(ids.indexOf(idle.id));
  expect(ids).toEqual(expect.arrayContaining([waiting.id, idle.id]));
});

test('an answer that another page gave first is shown, not asked again', async ({ app, newSession, sessionPage }) => {
  const { id } = await newSession(run('echo first'));
  const open = await app.api.asked(id);
  await sessionPage.open(id);
  await expect(sessionPage.approve.first()).toBeVisible();
  await app.api.answer(id, open, 'reject_once');
  await expect(sessionPage.approve).toHaveCount(0);
  await expect(sessionPage.status).toHaveAttribute('data-status', 'idle');
});
