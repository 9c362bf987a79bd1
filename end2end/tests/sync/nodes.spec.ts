// A session of one node, watched and led from the page of another one.
import { test } from '../../fixtures/nodes.ts';
import { write } from '../../fixtures/prompts.ts';
import { expect } from '../../fixtures/test.ts';
import { until } from '../../fixtures/wait.ts';

/** What the page says while changes are told: only a check a minute. */
const TOLD = '60000';
const WORK = write('notes.txt', 'woven') + write('more.txt', 'and more');

// The stream breaks when a node is restarted.
test.use({ tolerated: [/Failed to load resource|net::ERR/] });

test('a page shows the session of another node as its own: it is told, answers, reviews and commits', async ({
  app,
  other,
  sessionPage,
}) => {
  const { id } = await other.api.create(other.repo, WORK, 'Far away', 'runbook');
  await until('the session at this node', () => app.api.session(id).catch(() => undefined));
  await sessionPage.open(id);
  await expect(sessionPage.root).toHaveAttribute('data-sync-interval-ms', TOLD);
  await sessionPage.approve.click();
  await expect(sessionPage.changedFiles).toHaveCount(1);
  await sessionPage.approve.click();
  await expect(sessionPage.status).toContainText('Idle');
  await expect(sessionPage.changedFiles).toHaveCount(2);
  await sessionPage.commitFiles('Add notes', ['notes.txt', 'more.txt']);
  await expect(sessionPage.git).toContainText('1 commit');
  await expect(sessionPage.sidebar.getByRole('definition').filter({ hasText: /^ann$/ })).toBeVisible();
  expect((await app.api.session(id)).nodeId).toBe('ann');
  await other.api.remove(await sessionPage.leave());
});

test('a page goes on by itself while one node after the other is restarted', async ({ app, other, sessionPage }) => {
  const { id } = await other.api.create(other.repo, WORK, 'Rolling', 'runbook');
  await until('the session at this node', () => app.api.session(id).catch(() => undefined));
  await other.api.reaches(id, 'waiting_approval');
  await sessionPage.open(id);
  await expect(sessionPage.root).toHaveAttribute('data-sync-interval-ms', TOLD);
  await other.restart();
  await sessionPage.approve.click();
  await expect(sessionPage.changedFiles).toHaveCount(1);
  await app.restart();
  await sessionPage.approve.click();
  await expect(sessionPage.status).toContainText('Idle', { timeout: 20_000 });
  await expect(sessionPage.changedFiles).toHaveCount(2);
  await expect(sessionPage.root).toHaveAttribute('data-sync-interval-ms', TOLD);
  await expect(sessionPage.thread).not.toContainText('is gone');
  await other.api.remove(await sessionPage.leave());
});

test('the session of a node that died is told as interrupted, and goes on at the node of the page', async ({
  app,
  other,
  sessionPage,
}) => {
  const { id } = await other.api.create(other.repo, WORK, 'Orphan', 'runbook');
  await until('the session at this node', () => app.api.session(id).catch(() => undefined));
  await other.api.reaches(id, 'waiting_approval');
  await sessionPage.open(id);
  await other.kill();
  await expect(sessionPage.status).toContainText('Interrupted', { timeout: 20_000 });
  await expect(sessionPage.thread).toContainText('the node ann is gone');
  await sessionPage.composer.fill(write('after.txt', 'all'));
  await sessionPage.send.click();
  await sessionPage.approve.click();
  await expect(sessionPage.status).toContainText('Idle');
  expect((await app.api.session(id)).nodeId).toBe('bob');
  await other.restart();
  await app.api.remove(await sessionPage.leave());
});
