// Every state of every page by its real cause: a role and a text, nothing grave for axe, nothing too wide, a picture.
import type { Page } from '@playwright/test';
import { withConsole } from '../fixtures/agents.ts';
import { Cast, withCast, withNobody } from '../fixtures/cast.ts';
import type { Console } from '../fixtures/console.ts';
import { defects, excess, picture } from '../fixtures/look.ts';
import { woven } from '../fixtures/image.ts';
import { HELD } from '../fixtures/prompts.ts';
import { type Wire, internal } from '../fixtures/proxy.ts';
import { git } from '../fixtures/repository.ts';
import { expect, test as base } from '../fixtures/test.ts';
import type { NewSessionPage } from '../pages/new-session.page.ts';
import type { SessionListPage } from '../pages/session-list.page.ts';
import type { SessionPage } from '../pages/session.page.ts';

const READ = '/api/agent/get_session_with_metadata';
const LIST = '/api/agent/list';

/** What the way to a state may use. */
interface Stage {
  app: Console;
  cast: Cast;
  page: Page;
  wire: Wire;
  list: SessionListPage;
  form: NewSessionPage;
  session: SessionPage;
  /** A session of the state's own, held open. */
  own: () => Promise<string>;
}

interface State {
  name: string;
  open: (stage: Stage) => Promise<unknown>;
  role: Parameters<Page['getByRole']>[0];
  text: string | RegExp;
}

const test = base.extend<{ stage: Stage }, { cast: Cast }>({
  app: [async ({}, use) => withConsole(withCast(), use), { scope: 'worker', timeout: 60_000 }],
  cast: [async ({ app }, use) => use(new Cast(app)), { scope: 'worker' }],
  stage: async ({ app, cast, page, wire, listPage, newPage, sessionPage, newSession }, use) => {
    const own = async () => {
      const { id } = await newSession(HELD, 'Spin the yarn');
      await app.api.reaches(id, 'waiting_approval');
      return id;
    };
    await use({ app, cast, page, wire, list: listPage, form: newPage, session: sessionPage, own });
  },
});

// The browser itself complains about answers that failed.
test.use({ arm: 'deduped', tolerated: [/Failed to load resource|net::ERR/] });

/** A page that is whole before anything is done on it. */
async function at({ page, session }: Stage, path: string): Promise<void> {
  await page.goto(path);
  await session.hydrated();
}

const LISTS: State[] = [
  { name: 'list', open: async (on) => [await on.cast.all(), await on.list.open()], role: 'heading', text: 'Waiting for you' },
  {
    name: 'list-by-repository',
    open: async (on) => [await on.cast.all(), await at(on, '/?by=repo')],
    role: 'button',
    text: 'By repository',
  },
  {
    name: 'list-nothing-fits',
    open: async (on) => [await on.cast.all(), await at(on, '/?q=nothing-like-it')],
    role: 'status',
    text: 'No session fits.',
  },
  {
    name: 'list-menu',
    open: async (on) => {
      const id = await on.cast.told();
      await on.list.open();
      await on.list.row(id).getByLabel('More').click();
    },
    role: 'link',
    text: 'Run again',
  },
  {
    name: 'list-offline',
    open: async (on) => [await on.cast.all(), await on.list.open(), await on.page.context().setOffline(true)],
    role: 'status',
    text: 'You are offline',
  },
  {
    name: 'list-broken',
    open: async (on) => {
      await at(on, '/support');
      on.wire.break(LIST, internal);
      await on.page.getByRole('link', { name: 'Sessions', exact: true }).click();
    },
    role: 'heading',
    text: 'Something broke',
  },
  {
    name: 'list-loading',
    open: async (on) => {
      await at(on, '/support');
      on.wire.break(LIST, { kind: 'hang' });
      await on.page.getByRole('link', { name: 'Sessions', exact: true }).click();
    },
    role: 'status',
    text: 'Loading',
  },
  {
    name: 'palette',
    open: async (on) => {
      await on.cast.all();
      await on.list.open();
      await on.page.keyboard.press('Control+k');
      await on.page.getByRole('option').nth(3).waitFor();
    },
    role: 'dialog',
    text: 'New session',
  },
  {
    name: 'palette-nothing-fits',
    open: async (on) => {
      await on.list.open();
      await on.page.keyboard.press('Control+k');
      const field = on.page.getByRole('combobox', { name: 'Command or session' });
      await expect(field).toBeFocused();
      await on.page.keyboard.type('nothing like it');
    },
    role: 'status',
    text: 'Nothing fits.',
  },
  {
    name: 'shortcuts',
    open: async (on) => [await on.list.open(), await on.page.keyboard.press('?')],
    role: 'dialog',
    text: 'Go to the next session that waits for you',
  },
];

const FORMS: State[] = [
  { name: 'new', open: async (on) => on.form.open(), role: 'button', text: 'Start session' },
  {
    name: 'new-not-installed',
    open: async (on) => [await on.form.open(), await on.form.agents.locator('summary').click()],
    role: 'group',
    text: 'uv tool install mistral-vibe',
  },
  {
    name: 'new-refused',
    open: async (on) => {
      git(on.app.repo, 'branch', 'passing');
      await on.form.open();
      await on.form.baseBranch.selectOption('passing');
      git(on.app.repo, 'branch', '-D', 'passing');
      await on.form.prompt.fill(HELD);
      await on.form.agents.getByRole('radio', { name: /runbook/i }).check();
      await on.form.create.click();
    },
    role: 'alert',
    text: 'has no branch of this name',
  },
  {
    name: 'new-again',
    open: async (on) => {
      await at(on, `/agents/new?from=${await on.cast.done()}`);
      await on.page.getByTestId('attach').setInputFiles({ name: 'pattern.png', mimeType: 'image/png', buffer: woven(320, 200) });
      await on.page.getByRole('button', { name: 'Remove pattern.png' }).waitFor();
    },
    role: 'listitem',
    text: 'pattern.png',
  },
  {
    name: 'new-broken',
    open: async (on) => {
      await at(on, '/support');
      on.wire.break('/api/agent/available_types', internal);
      await on.page.getByTestId('new-session').click();
    },
    role: 'heading',
    text: 'Something broke',
  },
];

const QUIET: State[] = [
  { name: 'settings', open: async (on) => at(on, '/settings'), role: 'heading', text: 'Settings' },
  {
    name: 'settings-saved',
    open: async (on) => [await at(on, '/settings'), await on.page.getByRole('button', { name: 'Store' }).click()],
    role: 'status',
    text: 'Stored.',
  },
  { name: 'stats', open: async (on) => [await on.cast.all(), await at(on, '/stats')], role: 'heading', text: 'Statistics' },
  {
    name: 'stats-of-one',
    open: async (on) => at(on, `/stats?session=${await on.cast.told()}`),
    role: 'heading',
    text: 'Statistics of Weave the cloth',
  },
  { name: 'support', open: async (on) => at(on, '/support?incident=4f9a2c'), role: 'region', text: '4f9a2c' },
  {
    name: 'login',
    open: async (on) => [await on.page.context().clearCookies(), await at(on, on.app.newLoginLink())],
    role: 'button',
    text: 'Log in',
  },
  {
    name: 'login-spent',
    open: async (on) => {
      const link = on.app.newLoginLink();
      await on.app.spend(link);
      await on.page.context().clearCookies();
      await at(on, link);
      await on.page.getByRole('button', { name: 'Log in' }).click();
    },
    role: 'alert',
    text: 'This login link is spent or too old.',
  },
  {
    name: 'login-without-link',
    open: async (on) => [await on.page.context().clearCookies(), await at(on, '/login')],
    role: 'alert',
    text: 'A login link is needed to enter.',
  },
  { name: 'no-such-page', open: async (on) => at(on, '/no/such/page'), role: 'heading', text: 'Not found' },
];

const SESSIONS: State[] = [
  { name: 'session-idle', open: async (on) => on.session.open(await on.cast.told()), role: 'heading', text: 'What I found' },
  {
    name: 'session-group',
    open: async (on) => {
      await on.session.open(await on.cast.told());
      await on.page.getByRole('button', { name: '2 reads, 1 search' }).click();
    },
    role: 'button',
    text: '2 reads, 1 search',
  },
  {
    name: 'session-output',
    open: async (on) => {
      await on.session.open(await on.cast.told());
      await on.page.getByText('Show all (60 lines').click();
    },
    role: 'group',
    text: 'row 1 of the weaving report',
  },
  {
    name: 'session-search',
    open: async (on) => {
      await on.session.open(await on.cast.told());
      await on.page.getByTestId('search-thread').click();
      await on.page.getByRole('combobox', { name: 'Search this thread' }).fill('warp');
      await on.page.getByRole('option').first().waitFor();
    },
    role: 'listbox',
    text: 'warp',
  },
  {
    name: 'session-raw',
    open: async (on) => {
      await on.session.open(await on.cast.told());
      const said = on.session.entry('agent').first();
      await (await on.session.tool(said, /^Raw lines of entry/)).click();
      await on.page.getByRole('dialog').getByRole('listitem').first().waitFor();
    },
    role: 'dialog',
    text: /Line \d+ · from the agent/,
  },
  {
    name: 'session-tools',
    open: async (on) => {
      await on.session.open(await on.cast.told());
      await on.session.entry('user').first().hover();
    },
    role: 'button',
    text: 'Fork from here',
  },
  {
    name: 'session-delete',
    open: async (on) => {
      await on.session.open(await on.cast.done());
      await on.page.getByRole('button', { name: 'Delete', exact: true }).click();
    },
    role: 'group',
    text: /delete/i,
  },
  {
    name: 'session-attachments',
    open: async (on) => {
      await on.session.open(await on.cast.told());
      const file = (name: string, step: number) => ({ name, mimeType: 'image/png', buffer: woven(320, 200, step) });
      const files = [file('pattern.png', 16), file('a-long-name-of-a-photograph-of-the-loom.png', 40)];
      await on.page.getByTestId('attach').setInputFiles(files);
      await on.page.getByRole('button', { name: 'Remove pattern.png' }).waitFor();
      await on.session.composer.fill('Look at these');
    },
    role: 'listitem',
    text: 'pattern.png',
  },
  {
    name: 'session-completion',
    open: async (on) => {
      await on.session.open(await on.cast.done());
      await on.session.composer.pressSequentially('/');
      await on.page.getByRole('option').first().waitFor();
    },
    role: 'listbox',
    text: 'Show what has changed',
  },
  { name: 'session-answered', open: async (on) => on.session.open(await on.cast.done()), role: 'article', text: 'Approved by' },
  {
    name: 'session-changes',
    open: async (on) => {
      await on.session.open(await on.cast.done());
      const fold = on.page.getByText('Session and changes');
      if (await fold.isVisible()) await fold.click();
      await on.session.changedFile('src/loom.txt').getByRole('button').first().click();
      await on.session.git.getByTestId('diff').waitFor();
    },
    role: 'region',
    text: 'woof',
  },
  { name: 'session-working', open: async (on) => on.session.open(await on.cast.working()), role: 'button', text: 'Stop' },
  { name: 'session-starting', open: async (on) => on.session.open(await on.cast.starting()), role: 'status', text: 'Status: Starting' },
  { name: 'session-approval', open: async (on) => on.session.open(await on.cast.held()), role: 'button', text: /allow/i },
  { name: 'session-question', open: async (on) => on.session.open(await on.cast.asking()), role: 'group', text: 'tags' },
  {
    name: 'session-question-refused',
    open: async (on) => [await on.session.open(await on.cast.asking()), await on.page.getByTestId('answer').click()],
    role: 'alert',
    text: 'is needed',
  },
  {
    name: 'session-queue',
    open: async (on) => {
      const id = await on.own();
      for (const text of ['Then wash it', 'Then dry it in the sun, and turn it over twice', 'Then fold it']) await on.app.api.send(id, text);
      await on.session.open(id);
    },
    role: 'region',
    text: 'Then fold it',
  },
  { name: 'session-failed', open: async (on) => on.session.open(await on.cast.failed()), role: 'heading', text: /agent/i },
  { name: 'session-cancelled', open: async (on) => on.session.open(await on.cast.cancelled()), role: 'status', text: 'Status: Stopped' },
  { name: 'session-completed', open: async (on) => on.session.open(await on.cast.completed()), role: 'status', text: 'Status: Completed' },
  { name: 'session-interrupted', open: async (on) => on.session.open(await on.cast.interrupted()), role: 'status', text: 'Status: Interrupted' },
];

const TROUBLES: State[] = [
  {
    name: 'session-loading',
    open: async (on) => {
      const id = await on.cast.told();
      await on.list.open();
      on.wire.break(READ, { kind: 'hang' });
      await on.list.row(id).getByRole('link').first().click();
    },
    role: 'status',
    text: 'Loading the session',
  },
  {
    name: 'session-unreachable',
    open: async (on) => {
      const id = await on.cast.told();
      await on.page.clock.install();
      await on.list.open();
      on.wire.break(READ, internal);
      await on.list.row(id).getByRole('link').first().click();
      await expect(async () => {
        await on.page.clock.runFor(1_000);
        await expect(on.session.failure).toBeVisible({ timeout: 50 });
      }).toPass();
    },
    role: 'alert',
    text: 'The session could not be fetched',
  },
  {
    name: 'session-degraded',
    open: async (on) => {
      await on.session.open(await on.cast.held());
      on.wire.break(READ, internal);
    },
    role: 'status',
    text: 'Connection trouble',
  },
  {
    name: 'session-stale',
    open: async (on) => {
      await on.session.open(await on.cast.held());
      on.wire.break(READ, { kind: 'hang' });
    },
    role: 'button',
    text: 'Refresh',
  },
  {
    name: 'session-offline',
    open: async (on) => [await on.session.open(await on.cast.held()), await on.page.context().setOffline(true)],
    role: 'status',
    text: 'You are offline',
  },
  {
    name: 'session-conflict',
    open: async (on) => {
      const id = await on.own();
      await on.session.open(id);
      on.wire.break(READ, { kind: 'hang' });
      const { revision } = await on.app.api.session(id);
      await on.app.api.post('agent/update_session', { id, revision, title: 'Spin the wool' });
      await on.session.rename('Spin the flax');
    },
    role: 'alert',
    text: 'Somebody else changed the title meanwhile.',
  },
  {
    name: 'session-deed-refused',
    open: async (on) => {
      await on.session.open(await on.cast.held());
      on.wire.break('/api/agent/update_session', internal);
      await on.session.rename('As it will not be');
    },
    role: 'alert',
    text: 'something broke',
  },
  {
    name: 'session-deleted-while-open',
    open: async (on) => {
      const id = await on.own();
      await on.session.open(id);
      await on.app.api.remove(id);
    },
    role: 'alert',
    text: 'This session was deleted',
  },
  {
    name: 'session-deleted',
    open: async (on) => {
      const id = await on.own();
      await on.app.api.remove(id);
      await at(on, `/agents/${id}`);
    },
    role: 'heading',
    text: 'This session was deleted',
  },
  {
    name: 'session-logged-out',
    open: async (on) => {
      const cookie = await on.app.login(on.app.newLoginLink());
      await on.page.context().clearCookies();
      await on.page.context().addCookies([cookie]);
      await on.session.open(await on.cast.held());
      await on.app.logout(cookie);
    },
    role: 'alert',
    text: 'You are logged out',
  },
  {
    name: 'session-not-found',
    open: async (on) => at(on, '/agents/0199f0a0-1111-7222-8333-444455556666'),
    role: 'heading',
    text: 'Not found',
  },
];

/** Looks at the page at both widths, in both lights. */
async function look(page: Page, name: string): Promise<void> {
  const found: string[] = [];
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await picture(page, `${name}-${width}-${colorScheme}`);
      // In the dark only colours differ, and those are the same at every width.
      if (colorScheme === 'dark' && width === 390) continue;
      const defect = await defects(page, colorScheme === 'dark' ? 'contrast' : 'all');
      found.push(...defect.map((defect) => `${width} ${colorScheme} ${defect}`));
    }
    expect.soft(await excess(page), `${name} is not wider than ${width}`).toBeLessThanOrEqual(0);
  }
  expect.soft(found, `axe on ${name}`).toEqual([]);
}

for (const state of [...LISTS, ...FORMS, ...QUIET, ...SESSIONS, ...TROUBLES]) {
  test(state.name, async ({ page, stage }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await state.open(stage);
    await expect(page.getByRole(state.role).filter({ hasText: state.text }).first()).toBeVisible();
    await look(page, state.name);
  });
}

base.describe('a console with nothing on it', () => {
  const bare = base.extend<object, { app: Console }>({
    app: [async ({}, use) => withConsole(withNobody(), use), { scope: 'worker', timeout: 60_000 }],
  });

  bare('list-empty', async ({ listPage, page }) => {
    await listPage.open();
    await expect(page.getByRole('heading', { name: 'No sessions yet' })).toBeVisible();
    await look(page, 'list-empty');
  });

  bare('new-no-agent', async ({ newPage, page }) => {
    await newPage.open();
    await expect(page.getByRole('status').filter({ hasText: 'No agent is installed' })).toBeVisible();
    await look(page, 'new-no-agent');
  });
});
