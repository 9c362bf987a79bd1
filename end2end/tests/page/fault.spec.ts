// A page whose program ends, or never begins: it says so, keeps what was typed, and reports once.
import type { Page } from '@playwright/test';
import { HELP } from '../../fixtures/prompts.ts';
import { expect, test } from '../../fixtures/test.ts';
import { until } from '../../fixtures/wait.ts';

// What ends a page is an error that the browser complains about.
test.use({ tolerated: [/Failed to fetch|unreachable|RuntimeError|WebAssembly|Failed to load resource|is not defined/] });

const REPORT = '/api/client/report';

/** Changes the page as a script of somebody else would, once the server's page is there. */
async function altered(page: Page, change: () => void): Promise<void> {
  await page.addInitScript(`addEventListener('DOMContentLoaded', ${change})`);
}

/** The page works, or says that it does not. */
async function worksOrSays(page: Page): Promise<'works' | 'says'> {
  await page.locator('html:is([data-hydrated], [data-ended])').waitFor();
  await page.getByTestId('composer').fill('It works');
  const send = page.locator('[data-testid=send]:enabled');
  const said = page.getByRole('alert').getByRole('button', { name: 'Reload' });
  await send.or(said).first().waitFor();
  return (await said.count()) > 0 ? 'says' : 'works';
}

const CHANGES: { what: string; change: () => void; must?: 'works' }[] = [
  {
    what: 'an element of an extension before everything',
    change: () => document.body.prepend(document.createElement('div')),
    must: 'works',
  },
  {
    what: 'an element of an extension after everything',
    change: () => document.body.append(document.createElement('grammarly-extension')),
    must: 'works',
  },
  {
    what: 'changed attributes',
    change: () => {
      for (const element of Array.from(document.querySelectorAll('h1, p, textarea'))) element.setAttribute('data-ext', '1');
      document.documentElement.className = 'translated-ltr';
    },
    must: 'works',
  },
  {
    what: 'the wrappers of a translator',
    change: () => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const texts: Text[] = [];
      while (walker.nextNode()) texts.push(walker.currentNode as Text);
      for (const text of texts.filter((text) => text.data.trim() && text.parentElement?.tagName !== 'SCRIPT')) {
        const font = document.createElement('font');
        text.replaceWith(font);
        font.append(text);
      }
    },
  },
  { what: 'a removed element', change: () => document.querySelector('nav a')?.remove() },
];

for (const { what, change, must } of CHANGES) {
  test(`a page altered by ${what} hydrates or says so`, async ({ app, newSession, page, wire }) => {
    const { id } = await newSession(HELP);
    await app.api.reaches(id, 'idle');
    await altered(page, change);
    await page.goto(`/agents/${id}`);
    const outcome = await worksOrSays(page);
    if (must) expect(outcome).toBe(must);
    if (outcome === 'says') {
      await until('the report', () => Promise.resolve(wire.count(REPORT) === 1));
    }
  });
}

test('a program that ends says so, keeps what was typed and reports once', async ({
  app,
  newSession,
  page,
  sessionPage,
  wire,
}) => {
  const { id } = await newSession(HELP);
  await app.api.reaches(id, 'idle');
  await sessionPage.open(id);
  await sessionPage.composer.fill('Before it ended');
  await sessionPage.whole();
  wire.forget();
  await page.evaluate(() => {
    for (let n = 0; n < 3; n += 1) {
      const error = new WebAssembly.RuntimeError('unreachable');
      error.stack = `RuntimeError: unreachable\n at ${location.origin}/pkg/heddle.wasm`;
      window.dispatchEvent(new ErrorEvent('error', { error, message: String(error) }));
    }
  });
  const said = page.getByRole('alert').filter({ hasText: 'stopped working' });
  await expect(said).toHaveCount(1);
  await until('the report', () => Promise.resolve(wire.count(REPORT) > 0));
  expect(wire.count(REPORT)).toBe(1);
  await sessionPage.composer.pressSequentially(', and after');
  const loaded = page.waitForEvent('load');
  await said.getByRole('button', { name: 'Reload' }).click();
  await loaded;
  await page.locator('html[data-hydrated]').waitFor();
  await expect(sessionPage.composer).toHaveValue('Before it ended, and after');
  await expect(page.getByRole('alert')).toHaveCount(0);
  const line = 'the program of a page of session';
  await until('the line in the log', () => app.stderr.includes(line));
});

test('without WebAssembly the page is read, says what is missing, and the login can be ended', async ({
  app,
  newSession,
  page,
}) => {
  const { id } = await newSession(HELP);
  await app.api.reaches(id, 'idle');
  await page.addInitScript(() => Reflect.deleteProperty(window, 'WebAssembly'));
  await page.goto(`/agents/${id}`);
  await expect(page.getByRole('alert')).toContainText('runs no WebAssembly');
  await expect(page.getByTestId('thread-entry').first()).toBeVisible();
  await page.goto('/');
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Log out' })).toBeVisible();
});

test('a program that does not arrive is said', async ({ app, page, wire }) => {
  const program = await app.program();
  wire.break(program, { kind: 'cut' });
  await page.goto('/settings');
  await expect(page.getByRole('alert')).toContainText('could not start');
});
