// A page that is left while something is under way: the answer comes, and the tab works on.
import type { Page } from '@playwright/test';
import type { Console } from '../fixtures/console.ts';
import { HELD, HELP, ask, run, write } from '../fixtures/prompts.ts';
import { expect, test } from '../fixtures/test.ts';
import type { SessionPage } from '../pages/session.page.ts';
import { until } from '../fixtures/wait.ts';

// Answers that refuse are answers that the browser complains about.
test.use({ tolerated: [/40\d|410|422/] });

interface Case {
  /** What is under way. */
  what: string;
  /** The request that is held back. */
  path: string;
  prompt: string;
  /** Whether the file that the prompt writes is there before the page opens. */
  isDone?: boolean;
  begin: (page: Page, session: SessionPage) => Promise<void>;
}

const chooseFile = (session: SessionPage) => session.git.getByRole('checkbox', { name: 'Commit a.txt' }).check();
const LONG = run('seq 1 30000');

const CASES: Case[] = [
  {
    what: 'a commit',
    path: '/api/git/commit',
    prompt: write('a.txt', 'a'),
    isDone: true,
    begin: async (_, session) => {
      await chooseFile(session);
      await session.commitMessage.fill('A file');
      await session.commit.click();
    },
  },
  {
    what: 'a discard',
    path: '/api/git/discard',
    prompt: write('a.txt', 'a'),
    isDone: true,
    begin: async (page, session) => {
      await chooseFile(session);
      await page.getByTestId('discard').click();
    },
  },
  {
    what: 'a diff',
    path: '/api/git/diff',
    prompt: write('a.txt', 'a'),
    isDone: true,
    begin: async (_, session) => session.changedFiles.first().getByRole('button', { name: 'a.txt' }).click(),
  },
  {
    what: 'a read of the changes',
    path: '/api/agent/get_changed_files',
    prompt: write('a.txt', 'a') + write('b.txt', 'b'),
    begin: async (page) => page.getByTestId('approve').click(),
  },
  {
    what: 'an answer to a question',
    path: '/api/agent/answer',
    prompt: ask('Go on?', 'yes: boolean'),
    begin: async (page) => page.getByTestId('decline').click(),
  },
  {
    what: 'an approval',
    path: '/api/agent/approve',
    prompt: HELD,
    begin: async (page) => page.getByTestId('approve').click(),
  },
  {
    what: 'a message',
    path: '/api/agent/send_message',
    prompt: HELP,
    begin: async (_, session) => {
      await session.composer.fill('One more');
      await session.send.click();
    },
  },
  {
    what: 'a new title',
    path: '/api/agent/update_session',
    prompt: HELP,
    begin: async (page, session) => {
      await session.title.press('Enter');
      await page.getByRole('textbox', { name: 'Session title' }).fill('Another title');
      await page.keyboard.press('Enter');
    },
  },
  {
    what: 'a search',
    path: '/api/agent/search_thread',
    prompt: HELP,
    begin: async (page) => {
      await page.keyboard.press('f');
      await page.getByRole('combobox', { name: 'Search this thread' }).fill('step');
    },
  },
  {
    what: 'a completion',
    path: '/api/agent/complete_path',
    prompt: HELP,
    begin: async (_, session) => session.composer.pressSequentially('@RE'),
  },
  {
    what: 'a fork',
    path: '/api/agent/fork',
    prompt: HELP,
    begin: async (_, session) => (await session.tool(session.entries.first(), 'Fork from here')).click(),
  },
  {
    what: 'the raw lines of an entry',
    path: '/api/agent/get_lines',
    prompt: HELP,
    begin: async (_, session) => (await session.tool(session.entries.first(), /^Raw lines/)).click(),
  },
  {
    what: 'a whole entry',
    path: '/api/agent/get_entry',
    prompt: LONG,
    isDone: true,
    begin: async (page) => page.getByRole('button', { name: 'Show all', exact: true }).first().click(),
  },
  {
    what: 'a deletion',
    path: '/api/agent/delete_session',
    prompt: HELP,
    begin: async (page) => {
      await page.locator('[data-command=delete]').click();
      await page.getByRole('button', { name: 'Delete session' }).click();
    },
  },
];

for (const { what, path, prompt, isDone, begin } of CASES) {
  test(`a page that is left during ${what} does not end the tab`, async ({ app, newSession, page, sessionPage, wire }) => {
    const { id } = await newSession(prompt);
    if (isDone) {
      await app.api.answer(id, await app.api.asked(id), 'allow_once');
      await app.api.reaches(id, 'idle');
    } else if (prompt === HELP) {
      await app.api.reaches(id, 'idle');
    } else {
      await app.api.reaches(id, 'waiting_approval', 'waiting_input');
    }
    await sessionPage.open(id);
    const release = wire.hold(path);
    await begin(page, sessionPage);
    await until(`${path} under way`, () => Promise.resolve(wire.count(path) > 0));
    await leave(page);
    release();
    await until(`${path} answered`, () => Promise.resolve(wire.seen.every((seen) => seen.path !== path || seen.status)));
    await worksOn(page);
    await removeOthers(app, id);
  });
}

test('the settings page may be left while it stores', async ({ page, wire }) => {
  await page.goto('/settings');
  await page.locator('html[data-hydrated]').waitFor();
  const release = wire.hold('/api/settings/flags');
  await page.getByRole('button', { name: 'Store' }).click();
  await until('the flags under way', () => Promise.resolve(wire.count('/api/settings/flags') > 0));
  await leave(page);
  release();
  await until('the flags stored', () => Promise.resolve(wire.count('/api/settings/flags', 200) > 0));
  await worksOn(page);
});

test('a session that was created after its form was left opens no page, and its draft is gone', async ({
  app,
  newPage,
  page,
  wire,
}) => {
  await newPage.open();
  await newPage.prompt.fill(HELP);
  const release = wire.hold('/api/agent/create_session');
  await newPage.create.click();
  await until('the start under way', () => Promise.resolve(wire.count('/api/agent/create_session') > 0));
  await leave(page);
  release();
  await until('the session', () => Promise.resolve(wire.count('/api/agent/create_session', 200) > 0));
  await worksOn(page);
  await expect(newPage.prompt).toHaveValue('');
  await removeOthers(app, '');
});

test('a message that is refused after its page was left is the draft of the next visit', async ({
  app,
  newSession,
  page,
  sessionPage,
  wire,
}) => {
  const { id } = await newSession(HELP);
  await app.api.reaches(id, 'idle');
  await sessionPage.open(id);
  const path = '/api/agent/send_message';
  const release = wire.hold(path);
  await sessionPage.composer.fill('Do not lose this');
  await sessionPage.send.click();
  await until('the message under way', () => Promise.resolve(wire.count(path) > 0));
  await leave(page);
  await app.api.remove(id);
  release();
  await until('the answer', () => Promise.resolve(wire.seen.some((seen) => seen.path === path && seen.status > 0)));
  const draft = () => page.evaluate((id) => localStorage.getItem(`heddle.1.draft.${id}`), id);
  await expect.poll(draft).toBe('Do not lose this');
});

/** Leaves for the list without a full load. */
async function leave(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Sessions', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Sessions', level: 1 })).toBeVisible();
}

/** The tab still does what it is asked for. */
async function worksOn(page: Page): Promise<void> {
  await expect(page.locator('html')).not.toHaveAttribute('data-ended');
  await page.getByTestId('new-session').first().click();
  const prompt = page.getByRole('textbox', { name: /prompt/i });
  await expect(prompt).toBeVisible();
  const title = page.getByRole('textbox', { name: /title/i });
  await title.fill('It works');
  await expect(title).toHaveValue('It works');
}

/** Removes what a test made besides its own session: a fork, or a session without a page. */
async function removeOthers(app: Console, own: string): Promise<void> {
  const { rows } = await app.api.get<{ rows: { id: string }[] }>('agent/list');
  for (const { id } of rows.filter(({ id }) => id !== own)) await app.api.remove(id);
}
