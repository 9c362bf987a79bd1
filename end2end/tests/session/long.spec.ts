// A thread of ten thousand entries: what is near the view is on the page, and nothing jumps.
import { frames, held, lengthen, places, read, watchCount, watchPlace, watched } from '../../fixtures/long.ts';
import { HELP } from '../../fixtures/prompts.ts';
import { expect, test } from '../../fixtures/test.ts';
import { until } from '../../fixtures/wait.ts';

const COUNT = 10_000;
/** Entries that the page may hold: 140, and what is near the view beyond. */
const MOST = 190;
const THREAD = '**/api/agent/get_thread**';
/** Between one word and a dozen lines, with a list or code now and then. */
const TEXT = `'Row ' || i || ' ' || substr(replace(hex(zeroblob(100)), '00', 'and words '), 1, (i * 7919) % 900)
  || CASE i % 9 WHEN 3 THEN char(10) || char(10) || '- one' || char(10) || '- two'
     WHEN 6 THEN char(10) || char(10) || '\`\`\`rust' || char(10) || 'let a = 1;' || char(10) || '\`\`\`' ELSE '' END`;

test.beforeEach(async ({ app, newSession, sessionPage, page }) => {
  const { id } = await newSession(HELP);
  await app.api.reaches(id, 'idle');
  lengthen(app, id, COUNT, TEXT);
  // Writing the rows may outlast connections that rest: the first question may find a closed one.
  await until('the rows', async () => (await app.api.snapshot(id)).thread.total > COUNT);
  await sessionPage.open(id);
  await expect(sessionPage.entries.last()).toBeInViewport();
  await page.mouse.move(400, 400);
});

test('the end is shown, and a thousand entries upwards the page holds no more', async ({ page, sessionPage }) => {
  test.slow();
  await expect(sessionPage.entries.last()).toContainText(`Row ${COUNT} `);
  await watchCount(page);
  const { last } = await held(page);
  await expect(async () => {
    await page.mouse.wheel(0, -4000);
    expect((await held(page)).first).toBeLessThan(last - 1_000);
  }).toPass({ intervals: [20] });
  const { most, gaps } = await watched(page);
  expect(most).toBeLessThanOrEqual(MOST);
  expect(gaps).toBe(0);
  expect((await held(page)).last).toBeLessThan(last);
  await page.getByRole('button', { name: 'Jump to latest' }).click();
  await expect(sessionPage.entries.last()).toContainText(`Row ${COUNT} `);
  await expect(sessionPage.entries.last()).toBeInViewport();
  await expect(page.getByRole('button', { name: 'Jump to latest' })).toBeHidden();
});

test('a window that gets narrower shows the end to a reader who was there', async ({ page, sessionPage }) => {
  await page.setViewportSize({ width: 390, height: 700 });
  await expect(sessionPage.entries.last()).toBeInViewport();
  await expect(page.getByRole('button', { name: 'Jump to latest' })).toBeHidden();
});

for (const [end, where] of [['older', 4], ['newer', 4]] as const) {
  test(`what is read stays in its place while ${end} entries come`, async ({ page, sessionPage }) => {
    const id = sessionPage.id();
    await page.goto('about:blank');
    await page.goto(`/agents/${id}#entry-5000`);
    await expect(page.locator('#entry-5000')).toHaveAttribute('data-marked', '');
    // The page goes to the entry once more, two frames later.
    for (let n = 0; n < 3; n += 1) await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    const before = await held(page);
    let open = () => {};
    const opened = new Promise<void>((resolve) => (open = resolve));
    await page.route(THREAD, async (route) => {
      await opened;
      await route.continue();
    });
    const asked = page.waitForRequest(THREAD);
    await sessionPage.entries.nth(end === 'older' ? where : before.count - where).evaluate((entry) => entry.scrollIntoView({ block: 'center' }));
    await asked;
    const entry = await read(page);
    await watchPlace(page, entry);
    open();
    const isMore = async () => {
      const now = await held(page);
      return end === 'older' ? now.first < before.first : now.last > before.last;
    };
    await expect.poll(isMore).toBe(true);
    await page.unroute(THREAD);
    const seen = (await places(page)).slice(1);
    expect(Math.max(...seen) - Math.min(...seen)).toBeLessThanOrEqual(2);
    expect((await held(page)).count).toBeLessThanOrEqual(MOST);
  });
}

test('a link to an entry opens there, goes on downwards, and back to the end', async ({ page, sessionPage }) => {
  const id = sessionPage.id();
  await page.goto('about:blank');
  await page.goto(`/agents/${id}#entry-5000`);
  const linked = page.locator('#entry-5000');
  await expect(linked).toBeInViewport();
  await expect(linked).toHaveAttribute('data-marked', '');
  await watchCount(page);
  const before = await held(page);
  expect(before.last).toBeLessThan(5_200);
  await page.mouse.move(400, 400);
  await expect(async () => {
    await page.mouse.wheel(0, 4000);
    expect((await held(page)).last).toBeGreaterThan(before.last + 400);
  }).toPass({ intervals: [20] });
  expect(await watched(page)).toEqual({ most: expect.any(Number), gaps: 0 });
  expect((await watched(page)).most).toBeLessThanOrEqual(MOST);
  await page.getByRole('button', { name: 'Jump to latest' }).click();
  await expect(sessionPage.entries.last()).toContainText(`Row ${COUNT} `);
  await expect(sessionPage.entries.last()).toBeInViewport();
});

test('what comes at the end does not move what is read above it', async ({ app, page, sessionPage }) => {
  const id = sessionPage.id();
  await page.mouse.wheel(0, -1500);
  await expect(page.getByRole('button', { name: 'Jump to latest' })).toBeVisible();
  await expect(sessionPage.entries.last()).not.toBeInViewport();
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await watchPlace(page, await read(page));
  await app.api.send(id, HELP);
  await app.api.reaches(id, 'idle');
  const { revision } = await app.api.session(id);
  await expect(sessionPage.root).toHaveAttribute('data-revision', String(revision));
  const seen = await places(page);
  expect(Math.max(...seen) - Math.min(...seen)).toBeLessThanOrEqual(2);
});

test('who is at the end stays there as more comes, and the oldest go', async ({ app, page, sessionPage }) => {
  const id = sessionPage.id();
  await app.api.send(id, HELP);
  await app.api.reaches(id, 'idle');
  await expect(sessionPage.entry('user').last()).toContainText(HELP);
  await expect(sessionPage.entries.last()).toBeInViewport();
  await expect(page.getByRole('button', { name: 'Jump to latest' })).toBeHidden();
  expect((await held(page)).count).toBeLessThanOrEqual(MOST);
});

test('find in page finds what is loaded and out of view', async ({ page, sessionPage }) => {
  const { last } = await held(page);
  const far = sessionPage.entries.nth(20);
  const words = (await far.textContent())?.match(/Row \d+/)?.[0] ?? 'none';
  await expect(far).not.toBeInViewport();
  expect(await page.evaluate((words) => (window as unknown as { find(text: string): boolean }).find(words), words)).toBe(true);
  await expect(far).toBeInViewport();
  expect((await held(page)).last).toBe(last);
});

/** Lines of plain text, as many as fill a page that is scrolled as far: what the machine can do now. */
const PLAIN = `<style>body{font:16px/1.5 sans-serif}</style>${'<p>A line of plain text that nobody styled.</p>'.repeat(600)}`;

test('scrolling what is loaded is smooth, or as smooth as plain text on the machine', async ({ context, page }, info) => {
  const median = (lengths: number[]) => lengths.sort((a, b) => a - b)[Math.floor(lengths.length / 2)];
  const thread = median(await frames(page, 3_000, 40));
  const other = await context.newPage();
  await other.setContent(PLAIN);
  await other.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  const plain = median(await frames(other, 3_000, 40));
  await other.close();
  const words = `median ${thread.toFixed(1)} ms, of plain text ${plain.toFixed(1)} ms`;
  info.annotations.push({ type: 'frames', description: words });
  expect(thread, words).toBeLessThanOrEqual(Math.max(34, 2 * plain));
});
