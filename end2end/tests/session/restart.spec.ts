// The server dies in the middle of a turn, twenty times: nothing is lost and nothing done twice.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { journal } from '../../fixtures/journal.ts';
import { run } from '../../fixtures/prompts.ts';
import { expect, test } from '../../fixtures/test.ts';
import { until } from '../../fixtures/wait.ts';

const KILLS = 20;
/** The fewest lines that one approved step writes to the journal. */
const STEP_LINES = 5;

// The browser says so when the server is away.
test.use({ tolerated: [/Failed to load resource/] });

/** The same numbers for the same seed, so that a failure can be had again. */
function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test('a turn survives twenty deaths of the server, and the open page catches up', async ({
  app,
  newSession,
  sessionPage,
}, info) => {
  test.setTimeout(300_000);
  const seed = Number(process.env.HEDDLE_SEED ?? Date.now() % 1_000_000);
  info.annotations.push({ type: 'seed', description: String(seed) });
  const below = random(seed);

  const steps = Array.from({ length: KILLS + 1 }, (_, step) => run(`echo "step ${step} is done" | tee -a log.txt`));
  const { id } = await newSession(steps.join('\n'));
  let open = await app.api.asked(id);
  await sessionPage.open(id);
  const began = await sessionPage.timeOrigin();

  for (let kill = 0; kill < KILLS; kill += 1) {
    const before = journal(app.dataDir, id).length;
    const goal = before + below(STEP_LINES + 1);
    await app.api.answer(id, open, 'allow_once');
    await until(`line ${goal} of the journal`, () => journal(app.dataDir, id).length >= goal || undefined);
    await app.restart();
    open = await app.api.asked(id, open.seq);
  }
  await app.api.answer(id, open, 'allow_once');
  const session = await app.api.reaches(id, 'idle');

  const lines = journal(app.dataDir, id);
  expect(lines.map((line) => line.n)).toEqual(lines.map((_, index) => index + 1));
  const keys = lines.flatMap((line) => line.key ?? []);
  expect(keys.length, 'what the server sends has a key').toBeGreaterThan(KILLS);
  expect(new Set(keys).size, 'every key occurs once').toBe(keys.length);

  const log = readFileSync(join(session.worktree.path, 'log.txt'), 'utf8').trimEnd().split('\n');
  expect(log, 'every step ran once').toEqual(steps.map((_, step) => `step ${step} is done`));

  const { thread } = await app.api.snapshot(id);
  expect(thread.entries.map((entry) => entry.seq)).toEqual(thread.entries.map((_, index) => index + 1));
  expect(thread.entries.filter((entry) => entry.kind === 'tool')).toHaveLength(steps.length);
  expect(thread.entries.filter((entry) => entry.kind === 'user')).toHaveLength(1);

  await expect(sessionPage.status).toHaveAttribute('data-status', 'idle', { timeout: 60_000 });
  await expect(sessionPage.entries).toHaveCount(thread.total);
  await expect(sessionPage.entry('agent').last()).toContainText('All steps are done.');
  expect(await sessionPage.timeOrigin(), 'the page was not loaded again').toBe(began);
});

test('the console comes back with its login', async ({ app, listPage }) => {
  await listPage.open();
  await app.restart();
  await listPage.open();
  await expect(listPage.newSession).toBeVisible();
});
