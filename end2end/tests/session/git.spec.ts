// What git says of a session beside plain files: submodules, repositories inside, filters, who signs.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HELP } from '../../fixtures/prompts.ts';
import { git } from '../../fixtures/repository.ts';
import { expect, test } from '../../fixtures/test.ts';

// A refusal is an answer that the browser complains about.
test.use({ tolerated: [/422/] });

/** A repository with one commit in a folder of the worktree. */
function inner(worktree: string, name: string): string {
  const folder = join(worktree, name);
  mkdirSync(folder);
  git(folder, 'init', '--quiet');
  writeFileSync(join(folder, 'f.txt'), 'inside\n');
  git(folder, 'add', '.');
  git(folder, 'commit', '--quiet', '-m', 'Inside');
  return folder;
}

test('a repository inside has no tick box, and all the rest is committed', async ({ app, newSession, sessionPage }) => {
  const { id } = await newSession(HELP);
  const { worktree } = await app.api.reaches(id, 'idle');
  inner(worktree.path, 'inner');
  writeFileSync(join(worktree.path, 'note.txt'), 'a note\n');
  await sessionPage.open(id);
  const nested = sessionPage.changedFile('inner');
  await expect(nested).toContainText('a repository of its own');
  await expect(nested.getByRole('checkbox')).toHaveCount(0);
  await expect(sessionPage.git.getByTestId('commit-author')).toHaveText('commits as Ada <ada@example.org>');
  await sessionPage.git.getByRole('checkbox', { name: /^All/ }).check();
  await sessionPage.commitMessage.fill('Add a note');
  await sessionPage.commit.click();
  await expect(sessionPage.git).toContainText('Committed as');
  expect(git(worktree.path, 'show', '--format=%an', '--name-only', 'HEAD')).toBe('Ada\n\nnote.txt');
});

test('a submodule is a row with its commits, and is committed as a pointer', async ({ app, newSession, sessionPage }) => {
  const { id } = await newSession(HELP);
  const { worktree } = await app.api.reaches(id, 'idle');
  const folder = inner(worktree.path, 'lib');
  git(worktree.path, 'add', 'lib');
  const first = git(folder, 'rev-parse', 'HEAD');
  writeFileSync(join(folder, 'more.txt'), 'more\n');
  await sessionPage.open(id);
  const row = sessionPage.changedFile('lib');
  await expect(row).toContainText(first.slice(0, 8));
  await expect(row).toContainText('has commits of its own');
  await expect(row).toContainText('has changes');
  await sessionPage.commitFiles('Point to lib', ['lib']);
  await expect(sessionPage.git).toContainText('Committed as');
  expect(git(worktree.path, 'ls-tree', 'HEAD', 'lib')).toBe(`160000 commit ${first}\tlib`);
  // What changed only inside of it cannot be committed here.
  await expect(row.getByRole('checkbox')).toHaveCount(0);
});

test('a file that goes through a filter is refused with the reason', async ({ app, newSession, sessionPage }) => {
  const { id } = await newSession(HELP);
  const { worktree } = await app.api.reaches(id, 'idle');
  writeFileSync(join(worktree.path, '.gitattributes'), '*.bin filter=lfs diff=lfs merge=lfs -text\n');
  writeFileSync(join(worktree.path, 'big.bin'), 'raw bytes\n');
  await sessionPage.open(id);
  await sessionPage.commitFiles('Add it', ['big.bin']);
  await expect(sessionPage.git).toContainText('big.bin goes through the filter lfs (Git LFS)');
  await expect(sessionPage.changedFile('big.bin')).toBeVisible();
});

test('without a name to sign with, the form says what to run and nothing is committed', async ({
  app,
  newSession,
  sessionPage,
}) => {
  const { id } = await newSession(HELP);
  const { worktree } = await app.api.reaches(id, 'idle');
  writeFileSync(join(worktree.path, 'note.txt'), 'a note\n');
  const head = git(worktree.path, 'rev-parse', 'HEAD');
  git(app.repo, 'config', '--unset', 'user.name');
  try {
    await sessionPage.open(id);
    await expect(sessionPage.git.getByTestId('commit-author')).toContainText('git config --global user.name');
    await sessionPage.commitFiles('Add a note', ['note.txt']);
    await expect(sessionPage.git.locator('.commit-form__failure')).toContainText('git config --global user.name');
    expect(git(worktree.path, 'rev-parse', 'HEAD')).toBe(head);
  } finally {
    git(app.repo, 'config', 'user.name', 'Ada');
  }
});

test('deleting names what would be lost, and goes on when that is wanted', async ({ app, newSession, page, sessionPage }) => {
  const { id } = await newSession(HELP);
  const { worktree } = await app.api.reaches(id, 'idle');
  writeFileSync(join(worktree.path, '.gitignore'), '.env\n');
  git(worktree.path, 'add', '.gitignore');
  writeFileSync(join(worktree.path, '.env'), 'KEY=1\n');
  inner(worktree.path, 'inner');
  await sessionPage.open(id);
  await page.locator('[data-command="delete"]').click();
  const group = page.getByRole('group', { name: 'Delete this session' });
  await group.getByRole('button', { name: 'Delete session' }).click();
  await expect(group.getByRole('alert')).toContainText('inner (1 commit of its own)');
  await expect(group.getByRole('alert')).toContainText('.env');
  await group.getByRole('checkbox').check();
  await group.getByRole('button', { name: 'Delete and discard work' }).click();
  await page.waitForURL(/\/$/);
});
