// What pages tell about themselves: counted, sent in batches, shown; and a recording that can be replayed.
import { readFileSync } from 'node:fs';
import { HELD } from '../../fixtures/prompts.ts';
import { expect, test } from '../../fixtures/test.ts';
import { until } from '../../fixtures/wait.ts';

test.use({ arm: 'deduped' });

const READ = '/api/agent/get_session_with_metadata';

/** A number of `/metrics`. */
async function metric(origin: string, name: string): Promise<number> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  const line = text.split('\n').find((line) => line.startsWith(`${name} `));
  return Number(line?.split(' ')[1] ?? 0);
}

test('polls, cache and drawings of a page arrive at the server when the page is left', async ({
  app,
  newSession,
  page,
  sessionPage,
  wire,
}) => {
  const { id } = await newSession(HELD);
  await app.api.reaches(id, 'waiting_approval');
  const polls = () => metric(app.origin, 'heddle_client_requests_total{cause="poll"}');
  const drawn = () => metric(app.origin, 'heddle_client_renders_total{component="thread_sidebar"}');
  const before = [await polls(), await drawn()];
  await sessionPage.open(id);
  await until('two polls', () => wire.count(READ) >= 2 || undefined);
  await page.goto('/support');
  await until('the report', async () => (await polls()) >= before[0] + 2 || undefined);
  expect(await drawn()).toBeGreaterThan(before[1]);
  expect(await metric(app.origin, 'heddle_client_poll_interval_seconds_count')).toBeGreaterThan(0);
  const reports = wire.seen.filter(({ path }) => path === '/api/client/report');
  expect(reports.every(({ status }) => status === 200)).toBe(true);

  await page.goto(`/stats?session=${id}`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Statistics');
  await expect(page.locator('main')).toContainText('get_session_with_metadata');
});

test('the page saves what its synchronisation saw and decided, without anything of the session', async ({
  app,
  newSession,
  page,
  sessionPage,
  wire,
}) => {
  const { id } = await newSession(HELD, 'A secret title');
  await app.api.reaches(id, 'waiting_approval');
  await sessionPage.open(id);
  await until('two polls', () => wire.count(READ, 304) + wire.count(READ, 200) >= 2 || undefined);
  await page.getByText('How this page keeps fresh').click();
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save sync log' }).click();
  const text = readFileSync(await (await saved).path(), 'utf8');
  const log = JSON.parse(text) as { events: unknown[]; effects: unknown[][] };
  expect(log.events.length).toBe(log.effects.length);
  expect(JSON.stringify(log.effects)).toContain('fetch');
  expect(text).not.toContain('A secret title');
  expect(text).not.toContain(id);
});
