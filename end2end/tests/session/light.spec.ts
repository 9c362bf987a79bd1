// A page stays light: few elements, one layout for each frame, and the end followed whatever comes.
import type { Page } from '@playwright/test';
import { lengthen } from '../../fixtures/long.ts';
import { ODD, expect, lines, test, update } from '../../fixtures/odd.ts';
import { call, says } from '../../fixtures/teller.ts';
import { until } from '../../fixtures/wait.ts';

const MOST_ELEMENTS = 1_500;
const MOST_OF_ENTRY = 12;
const GIF = 'R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==';
const LONG = Array.from({ length: 300 }, (_, at) => `row ${at + 1}`).join('\n');
const printed = (id: string, data: string) =>
  call(id, 'execute', `Print ${id}`, {
    content: [{ type: 'terminal', terminalId: id }],
    _meta: { terminal_output: { terminal_id: id, data }, terminal_exit: { terminal_id: id, exit_code: 0 } },
  });

const WEAVE = lines(
  update(says('A few words.')),
  update(printed('a', 'one line\n')),
  update(printed('b', `${LONG}\n`)),
  update({ sessionUpdate: 'agent_message_chunk', content: { type: 'image', mimeType: 'image/gif', data: GIF } }),
  update(says('And so it ends.')),
);

test('ordinary entries are few elements, and tools are those of one entry', async ({ app, newSession, page, sessionPage }) => {
  const { id } = await newSession(WEAVE, undefined, ODD);
  await app.api.reaches(id, 'idle');
  await sessionPage.open(id);
  const words = sessionPage.entry('agent').filter({ hasText: 'A few words.' });
  const line = sessionPage.entry('tool').filter({ hasText: 'Print a' });
  for (const entry of [words, line]) {
    expect(await entry.evaluate((it) => it.querySelectorAll('*').length + 1)).toBeLessThanOrEqual(MOST_OF_ENTRY);
  }
  await words.hover();
  await expect(words.getByRole('toolbar')).toBeVisible();
  await line.focus();
  await expect(line.getByRole('toolbar')).toBeVisible();
  await expect(page.getByRole('toolbar')).toHaveCount(1);
  await page.keyboard.press('Tab');
  await expect(line.getByRole('button', { name: /Copy|Raw/ }).first()).toBeVisible();
});

test('a long thread stands on the page as few elements', async ({ app, newSession, page, sessionPage }) => {
  const { id } = await newSession(WEAVE, undefined, ODD);
  await app.api.reaches(id, 'idle');
  lengthen(app, id, 10_000, `'Row ' || i || ' and some words of it'`);
  await until('the rows', async () => (await app.api.snapshot(id)).thread.total > 10_000);
  await sessionPage.open(id);
  await expect(sessionPage.entries.last()).toBeInViewport();
  const elements = () => page.evaluate(() => document.querySelectorAll('*').length);
  expect(await elements()).toBeLessThanOrEqual(MOST_ELEMENTS);
  const first = sessionPage.entries.first();
  const before = await first.getAttribute('data-seq');
  await page.mouse.move(400, 400);
  await expect(async () => {
    await page.mouse.wheel(0, -2000);
    expect(Number(await first.getAttribute('data-seq'))).toBeLessThan(Number(before) - 100);
  }).toPass({ intervals: [20] });
  expect(await elements()).toBeLessThanOrEqual(MOST_ELEMENTS);
});

test('the end is followed while long output and images come', async ({ app, newSession, page, sessionPage }) => {
  const { id } = await newSession('Hello', undefined, ODD);
  await app.api.reaches(id, 'idle');
  await sessionPage.open(id);
  await expect(sessionPage.entries.last()).toBeInViewport();
  await app.api.send(id, WEAVE);
  await expect(sessionPage.entries.last()).toContainText('And so it ends.');
  await expect(sessionPage.status).toHaveAttribute('data-status', 'idle');
  await expect(page.getByRole('img', { name: /^GIF/ }).last()).toHaveJSProperty('complete', true);
  await expect(sessionPage.entries.last()).toBeInViewport();
  await expect(page.getByRole('button', { name: 'Jump to latest' })).toBeHidden();
});

/** Counts the frames in which something of the page differs, from now on. */
async function countFrames(page: Page): Promise<void> {
  await page.evaluate(() => {
    let isDirty = false;
    Object.assign(window, { drawn: 0 });
    const all = { subtree: true, childList: true, characterData: true, attributes: true };
    new MutationObserver(() => (isDirty = true)).observe(document.documentElement, all);
    const look = () => {
      if (isDirty) (window as unknown as { drawn: number }).drawn += 1;
      isDirty = false;
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

test('what comes is laid out once for each frame that drew', async ({ app, newSession, page, sessionPage }, info) => {
  const { id } = await newSession('Hello', undefined, ODD);
  await app.api.reaches(id, 'idle');
  await sessionPage.open(id);
  await sessionPage.whole();
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  const layouts = async () => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'LayoutCount')?.value ?? 0;
  };
  await countFrames(page);
  const before = await layouts();
  const steps = Array.from({ length: 12 }, (_, at) => [
    update(says(`Step ${at} and some words of it.`)),
    update(printed(`c${at}`, 'one line\n')),
    '!sleep 0.2',
  ]);
  await app.api.send(id, lines(...steps.flat(), 'And so it ends.'));
  await expect(sessionPage.entries.last()).toContainText('And so it ends.');
  await expect(sessionPage.status).toHaveAttribute('data-status', 'idle');
  const count = (await layouts()) - before;
  const drawn = await page.evaluate(() => (window as unknown as { drawn: number }).drawn);
  info.annotations.push({ type: 'layouts', description: `${count} in ${drawn} frames that drew` });
  expect(count, `${count} layouts in ${drawn} frames that drew`).toBeLessThanOrEqual(drawn + 2);
});
