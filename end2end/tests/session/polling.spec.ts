// What a session page costs, counted on the wire while the test holds the clock.
import { HELD, HELP } from '../../fixtures/prompts.ts';
import { expect, test } from '../../fixtures/test.ts';

test.use({ arm: 'deduped' });

const READ = '/api/agent/get_session_with_metadata';
const OTHERS = ['/api/agent/get', '/api/agent/get_thread', '/api/agent/list'];

test('an active session is read 27 to 30 times in a minute, and by no other way', async ({
  app,
  clock,
  newSession,
  sessionPage,
  wire,
}) => {
  const { id } = await newSession(HELD);
  await app.api.reaches(id, 'waiting_approval');
  await clock.install();
  await sessionPage.open(id);
  await expect(sessionPage.root).toHaveAttribute('data-sync-phase', 'active');
  await clock.freeze();
  wire.forget();
  await clock.pass(60_000);
  expect(wire.count(READ)).toBeGreaterThanOrEqual(27);
  expect(wire.count(READ)).toBeLessThanOrEqual(30);
  for (const other of OTHERS) expect(wire.count(other), other).toBe(0);
});

test('nothing new is answered without a body', async ({ app, clock, newSession, sessionPage, wire }) => {
  const { id } = await newSession(HELD);
  await app.api.reaches(id, 'waiting_approval');
  await clock.install();
  await sessionPage.open(id);
  await clock.freeze();
  await clock.pass(4_000);
  wire.forget();
  await clock.pass(10_000);
  expect(wire.count(READ)).toBeGreaterThan(3);
  expect(wire.count(READ, 304)).toBe(wire.count(READ));
});

test('an idle session is asked less and less', async ({ app, clock, newSession, sessionPage, wire }) => {
  const { id } = await newSession(HELP);
  await app.api.reaches(id, 'idle');
  await clock.install();
  await sessionPage.open(id);
  await expect(sessionPage.root).toHaveAttribute('data-sync-phase', 'idle');
  await clock.freeze();
  wire.forget();
  await clock.pass(60_000);
  // 2, 5, 9.5, 16.3, 26.4 and 41.6 s, each with a jitter of a tenth.
  expect(wire.count(READ)).toBeGreaterThanOrEqual(5);
  expect(wire.count(READ)).toBeLessThanOrEqual(7);
});

test('a finished session is not read in the first 55 s', async ({ app, clock, newSession, sessionPage, wire }) => {
  const { id } = await newSession(HELP);
  await app.api.reaches(id, 'idle');
  await app.api.complete(id);
  await clock.install();
  await sessionPage.open(id);
  await expect(sessionPage.root).toHaveAttribute('data-sync-phase', 'terminal');
  await clock.freeze();
  wire.forget();
  await clock.pass(55_000);
  expect(wire.count(READ)).toBe(0);
  for (const other of OTHERS) expect(wire.count(other), other).toBe(0);
});

test('the page comes whole from the server and is not fetched again', async ({ app, newSession, sessionPage, wire }) => {
  const { id } = await newSession(HELP);
  await app.api.reaches(id, 'idle');
  await app.api.complete(id);
  await sessionPage.open(id);
  await expect(sessionPage.entries.first()).toBeVisible();
  expect(wire.count(READ)).toBe(0);
});
