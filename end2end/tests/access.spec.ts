// For everybody: headings and told changes for ears, rest for eyes, any window, no mouse.
import type { Page } from '@playwright/test';
import { withConsole } from '../fixtures/agents.ts';
import { Cast, withCast } from '../fixtures/cast.ts';
import { excess } from '../fixtures/look.ts';
import { HELP } from '../fixtures/prompts.ts';
import { expect, test as base } from '../fixtures/test.ts';

const test = base.extend<object, { cast: Cast }>({
  app: [async ({}, use) => withConsole(withCast(), use), { scope: 'worker', timeout: 60_000 }],
  cast: [async ({ app }, use) => use(new Cast(app)), { scope: 'worker' }],
});

/** From now on, all that live regions say is noted, in order. */
async function listen(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const said: string[] = [];
    const note = (region: Element) => {
      const text = region.textContent?.trim();
      if (text) said.push(text);
    };
    for (const region of Array.from(document.querySelectorAll('[aria-live], [role="status"], [role="log"]'))) {
      const all = { subtree: true, childList: true, characterData: true };
      new MutationObserver(() => note(region)).observe(region, all);
    }
    Object.assign(window, { said });
  });
  return () => page.evaluate(() => (window as unknown as { said: string[] }).said);
}

test('headings lead from turn to turn, and no level is left out', async ({ app, newSession, page, sessionPage }) => {
  const { id } = await newSession(HELP, 'Weave');
  await app.api.reaches(id, 'idle');
  await app.api.send(id, 'And then?');
  await expect.poll(async () => (await app.api.snapshot(id)).thread.entries.filter(({ kind }) => kind === 'agent').length).toBe(2);
  await sessionPage.open(id);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Weave');
  await expect(page.getByRole('heading', { level: 2, name: 'Thread' })).toHaveCount(1);
  const turns = sessionPage.thread.getByRole('heading', { level: 3 });
  await expect(turns).toHaveText(['You', 'Agent', 'You', 'Agent']);
  const levels = await page.getByRole('heading').evaluateAll((all) => all.map(({ tagName }) => Number(tagName.slice(1))));
  levels.forEach((level, at) => expect(level - (levels[at - 1] ?? 0), `heading ${at} of ${levels}`).toBeLessThanOrEqual(1));
});

test('status and answers are told once and politely, growing text is not', async ({ app, newSession, page, sessionPage }) => {
  const { id } = await newSession(HELP, 'Weave');
  await app.api.reaches(id, 'idle');
  await sessionPage.open(id);
  const said = await listen(page);
  await app.api.send(id, HELP);
  await expect(sessionPage.entry('agent')).toHaveCount(2);
  await expect.poll(async () => (await said()).filter((text) => text.startsWith('The agent:')).length).toBe(1);
  await expect(sessionPage.status).toHaveAttribute('data-status', 'idle');
  const texts = await said();
  expect(new Set(texts).size, `each once: ${texts}`).toBe(texts.length);
  expect(texts.every((text) => text.length < 300), 'nothing long is read').toBe(true);
  await expect(page.locator('[aria-live="assertive"]')).toHaveCount(0);
  await expect(sessionPage.thread.locator('[aria-live]:not(button *)')).toHaveCount(0);
});

test('what was there when the page opened is not told', async ({ cast, page, sessionPage }) => {
  await sessionPage.open(await cast.told());
  await expect(sessionPage.entry('agent').last()).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: 'The agent:' })).toHaveCount(0);
});

test('nothing moves for who asked for rest', async ({ cast, page, sessionPage }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  for (const id of [await cast.working(), await cast.starting()]) {
    await sessionPage.open(id);
    await expect(sessionPage.entries.first()).toBeVisible();
    const moving = await page.evaluate(() => {
      const seconds = (text: string) => Math.max(...text.split(',').map((part) => Number.parseFloat(part) || 0));
      const moves = Array.from(document.querySelectorAll('*')).filter((element) => {
        const parts = [null, '::before', '::after'].map((part) => getComputedStyle(element, part));
        return parts.some((style) => {
          const isAnimated = style.animationName !== 'none' && seconds(style.animationDuration) > 0.01;
          return isAnimated || seconds(style.transitionDuration) > 0.01 || style.scrollBehavior === 'smooth';
        });
      });
      return [...moves.map((element) => element.outerHTML.slice(0, 100)), ...document.getAnimations().map(String)];
    });
    expect(moving).toEqual([]);
  }
});

for (const width of [360, 768, 2560]) {
  test(`pages fit ${width} pixels, and lines stay readable`, async ({ cast, page, sessionPage }) => {
    await page.setViewportSize({ width, height: 900 });
    await cast.all();
    const [told, held, asking, done] = [await cast.told(), await cast.held(), await cast.asking(), await cast.done()];
    const sessions = [told, held, asking, done].map((id) => `/agents/${id}`);
    for (const path of ['/', '/agents/new', '/settings', '/stats', `/stats?session=${told}`, '/support', ...sessions]) {
      await page.goto(path);
      await sessionPage.hydrated();
      expect(await excess(page), `${path} at ${width}`).toBeLessThanOrEqual(0);
    }
    await sessionPage.open(told);
    const said = sessionPage.entry('agent').first().locator('p').first();
    const letters = await said.evaluate((paragraph) => {
      const size = Number.parseFloat(getComputedStyle(paragraph).fontSize);
      return paragraph.clientWidth / (size / 2);
    });
    expect(letters, 'letters in a line').toBeLessThan(110);
    expect(letters, 'letters in a line').toBeGreaterThan(30);
  });
}

test('the session page is gone through by Tab, in the order that it is read, with the focus in sight', async ({
  cast,
  page,
  sessionPage,
}) => {
  await sessionPage.open(await cast.held());
  await expect(sessionPage.approve).toBeEnabled();
  const places: string[] = [];
  const unseen: string[] = [];
  for (let stop = 0; stop < 60; stop += 1) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return undefined;
      const style = getComputedStyle(element);
      const holder = element.closest('.composer__box');
      const ring = holder ? getComputedStyle(holder) : style;
      const { width, height, top, bottom } = element.getBoundingClientRect();
      const isSeen = ring.outlineStyle !== 'none' && Number.parseFloat(ring.outlineWidth) >= 1;
      const isThere = width > 0 && height > 0 && bottom > 0 && top < window.innerHeight;
      const parts = [['nav', 'bar'], ['.session-header', 'head'], ['.transcript', 'thread'], ['.composer', 'composer'], ['.session-layout__side', 'side']];
      const part = parts.find(([selector]) => element.closest(selector))?.[1] ?? element.textContent ?? '';
      const what = `${part}: ${element.getAttribute('aria-label') ?? element.getAttribute('data-testid') ?? element.textContent?.trim().slice(0, 40)}`;
      return { part, what, isSeen: isSeen && isThere };
    });
    if (!at) break;
    if (places.at(-1) !== at.part) places.push(at.part);
    if (!at.isSeen) unseen.push(at.what);
  }
  expect(places).toEqual(['Skip to content', 'bar', 'head', 'thread', 'composer', 'side']);
  expect(unseen, 'the focus is in sight').toEqual([]);
});
