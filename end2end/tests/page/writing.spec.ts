// Every field where people write: input methods, touch, paste, size; a table of field and case.
import type { Locator, Page } from '@playwright/test';
import { HELD, HELP } from '../../fixtures/prompts.ts';
import { expect, test } from '../../fixtures/test.ts';

test.use({ tolerated: [/413/] });

interface Field {
  name: string;
  /** Opens the page and gives the field, with "にほん" in it. */
  open: (page: Page, id: string) => Promise<Locator>;
  /** What must not have happened after an Enter that ends a composition. */
  stays: (page: Page, field: Locator) => Promise<void>;
}

const TEXT = 'にほん';

const keeps = async (_: Page, field: Locator) => expect(field).toHaveValue(TEXT);

async function at(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.locator('html[data-hydrated]').waitFor();
}

const FIELDS: Field[] = [
  {
    name: 'composer',
    open: async (page, id) => {
      await at(page, `/agents/${id}`);
      return page.getByTestId('composer');
    },
    stays: keeps,
  },
  {
    name: 'title of a session',
    open: async (page, id) => {
      await at(page, `/agents/${id}`);
      await page.getByTestId('session-title').press('Enter');
      return page.getByRole('textbox', { name: 'Session title' });
    },
    stays: keeps,
  },
  {
    name: 'prompt',
    open: async (page) => {
      await at(page, '/agents/new');
      return page.getByRole('textbox', { name: /prompt/i });
    },
    stays: keeps,
  },
  {
    name: 'search in the thread',
    open: async (page, id) => {
      await at(page, `/agents/${id}`);
      await page.keyboard.press('f');
      return page.getByRole('combobox', { name: 'Search this thread' });
    },
    stays: keeps,
  },
  {
    name: 'palette',
    open: async (page) => {
      await at(page, '/');
      await page.keyboard.press('Control+k');
      return page.getByRole('combobox', { name: 'Command or session' });
    },
    stays: keeps,
  },
  {
    name: 'filter of the list',
    open: async (page) => {
      await at(page, '/');
      return page.getByRole('searchbox', { name: /filter/i });
    },
    stays: keeps,
  },
  {
    name: 'users of the rollout',
    open: async (page) => {
      await at(page, '/settings');
      return page.getByRole('textbox', { name: /users who get it/i });
    },
    stays: keeps,
  },
];

/** Keys as an input method leaves them: Chromium says that it composes, Safari only says 229. */
const COMPOSED = {
  chromium: { key: 'Enter', code: 'Enter', isComposing: true, keyCode: 229 },
  safari: { key: 'Enter', code: 'Enter', isComposing: false, keyCode: 229 },
  'safari, escape': { key: 'Escape', code: 'Escape', isComposing: false, keyCode: 229 },
};

for (const { name, open, stays } of FIELDS) {
  test(`a key that ends a composition does nothing in the field: ${name}`, async ({ app, newSession, page }) => {
    const { id } = await newSession(HELP);
    await app.api.reaches(id, 'idle');
    const field = await open(page, id);
    await field.fill(TEXT);
    for (const init of Object.values(COMPOSED)) {
      await field.dispatchEvent('keydown', { ...init, which: 229, bubbles: true, cancelable: true });
    }
    await stays(page, field);
  });
}

test('a queued message is not stored by the end of a composition', async ({ app, newSession, page, sessionPage }) => {
  const { id } = await newSession(HELD);
  await app.api.reaches(id, 'waiting_approval');
  await sessionPage.open(id);
  await sessionPage.say('Waits');
  await page.getByRole('button', { name: 'Edit queued message' }).click();
  const field = page.getByRole('textbox', { name: 'Queued message' });
  await field.fill(TEXT);
  await field.dispatchEvent('keydown', { ...COMPOSED.safari, bubbles: true, cancelable: true });
  await expect(field).toHaveValue(TEXT);
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('Enter breaks the line, letters are large enough, and a setting says which key sends', async ({
    app,
    newSession,
    page,
    sessionPage,
  }) => {
    const { id } = await newSession(HELP);
    await app.api.reaches(id, 'idle');
    await sessionPage.open(id);
    const { composer } = sessionPage;
    await expect(composer).toHaveAttribute('enterkeyhint', 'enter');
    await composer.fill('one');
    await composer.press('Enter');
    await composer.pressSequentially('two');
    await expect(composer).toHaveValue('one\ntwo');
    await composer.press('Control+Enter');
    await expect(sessionPage.entry('user').last()).toContainText('two');
    for (const path of [`/agents/${id}`, '/agents/new', '/', '/settings']) {
      await at(page, path);
      const small = await page
        .locator('textarea, select, input:not([type=checkbox], [type=radio], [type=hidden], [type=file])')
        .evaluateAll((fields) => fields.filter((field) => parseFloat(getComputedStyle(field).fontSize) < 16).length);
      expect(small, path).toBe(0);
    }
    await page.getByRole('radio', { name: /^Enter sends/ }).check();
    await sessionPage.open(id);
    await expect(composer).toHaveAttribute('enterkeyhint', 'send');
    await composer.fill('three');
    await composer.press('Enter');
    await expect(sessionPage.entry('user').last()).toContainText('three');
    const content = await page.locator('meta[name=viewport]').getAttribute('content');
    expect(content).toContain('interactive-widget=resizes-content');
  });
});

test('text that is pasted with its picture is text, and a file beside a field stays on the page', async ({
  app,
  newSession,
  page,
  sessionPage,
}) => {
  const { id } = await newSession(HELP);
  await app.api.reaches(id, 'idle');
  await sessionPage.open(id);
  const isTaken = await sessionPage.composer.evaluate((field) => {
    const data = new DataTransfer();
    data.setData('text/plain', 'a\tb\n1\t2');
    data.items.add(new File(['x'], 'image.png', { type: 'image/png' }));
    return !field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  });
  expect(isTaken, 'the browser pastes the text').toBe(false);
  await expect(page.getByRole('list', { name: 'Goes along with the message' })).toHaveCount(0);
  const isStopped = await page.evaluate(() => {
    const data = new DataTransfer();
    data.items.add(new File(['x'], 'notes.txt', { type: 'text/plain' }));
    return !document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
  });
  expect(isStopped, 'the browser does not open the file').toBe(true);
  await expect(page.getByText(/only PNG, JPEG, GIF and WebP/)).toBeVisible();
});

test('a text that is too long says both sizes before it is sent, and keys stay quick', async ({
  app,
  newSession,
  page,
  sessionPage,
}) => {
  const { id } = await newSession(HELP);
  await app.api.reaches(id, 'idle');
  await sessionPage.open(id);
  await sessionPage.composer.fill('x'.repeat(300_000));
  await expect(page.getByRole('alert')).toContainText('this text has 293 kB, a message may have 256 kB at most');
  await expect(sessionPage.send).toBeDisabled();
  const usual = await sessionPage.composer.evaluate((field: HTMLTextAreaElement) => {
    field.focus();
    const times: number[] = [];
    for (let n = 0; n < 10; n += 1) {
      const began = performance.now();
      field.setRangeText('y', field.value.length, field.value.length, 'end');
      field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertText', data: 'y' }));
      times.push(performance.now() - began);
    }
    // The machine does other things besides.
    return times.toSorted((a, b) => a - b)[5];
  });
  expect(usual).toBeLessThan(50);
  await sessionPage.composer.fill('short');
  await expect(sessionPage.send).toBeEnabled();
});

test('a text that is too long goes along as a file', async ({ app, newSession, page, sessionPage }) => {
  const { id } = await newSession(HELP);
  await app.api.reaches(id, 'idle');
  await sessionPage.open(id);
  const text = `${`${'x'.repeat(14_000)}\n`.repeat(25)}the end`;
  await sessionPage.composer.fill(text);
  await page.getByRole('button', { name: 'Attach as a file' }).click();
  await expect(sessionPage.composer).toHaveValue('The text is in the attached file text-1.txt.');
  await expect(page.getByRole('list', { name: 'Goes along with the message' })).toContainText('text-1.txt');
  await sessionPage.send.click();
  const said = sessionPage.entry('user').last();
  await expect(said).toContainText(/text-1\.txt \(3\d\d kB\)/);
  await expect(sessionPage.entry('agent').last()).toContainText('the file text-1.txt');
  const href = await said.getByRole('link', { name: /text-1/ }).getAttribute('href');
  const kept = await page.evaluate(async (address) => {
    const answer = await fetch(address);
    return { type: answer.headers.get('content-type'), text: await answer.text() };
  }, href ?? '');
  expect(kept.type).toContain('text/plain');
  expect(kept.text).toBe(text);
});

test('a text that cannot be attached stays in its field and says why', async ({ app, newSession, page, sessionPage, wire }) => {
  const { id } = await newSession(HELP);
  await app.api.reaches(id, 'idle');
  await sessionPage.open(id);
  const text = 'x'.repeat(300_000);
  await sessionPage.composer.fill(text);
  wire.break('/api/attachment/upload', {
    kind: 'answer',
    status: 413,
    type: 'application/json',
    body: '{"error":"too_large","message":"an attachment may have 10 MiB at most; make it smaller"}',
  });
  await page.getByRole('button', { name: 'Attach as a file' }).click();
  await expect(page.getByRole('list', { name: 'Goes along with the message' }).getByRole('alert')).toBeVisible();
  await expect(sessionPage.composer).toHaveValue(text);
});
