// Agents that say odd things at odd times, as a person sees it.
import { ODD, ask, chunk, expect, fail, lines, test, update } from '../../fixtures/odd.ts';

test('half an emoji takes neither the text nor the request with it', async ({ app, newSession, sessionPage }) => {
  const prompt = lines(chunk('cut here ODD', '\\ud83d'), ask('q', 't', 'run it', { command: 'ls' }), '!wait');
  const { id } = await newSession(prompt, undefined, ODD);
  await app.api.reaches(id, 'waiting_approval');
  await sessionPage.open(id);
  await expect(sessionPage.entry('agent').first()).toContainText('cut here \ufffd');
  await sessionPage.approve.click();
  await expect(sessionPage.status).toHaveAttribute('data-status', 'idle');
});

test('what is no message is told once and stands among the raw lines', async ({
  app,
  newSession,
  page,
  sessionPage,
}) => {
  const { id } = await newSession(lines('>> npm warn deprecated', '>> more noise', 'done'), undefined, ODD);
  await app.api.reaches(id, 'idle');
  await sessionPage.open(id);
  const told = sessionPage.entry('system').filter({ hasText: 'npm warn deprecated' });
  await expect(told).toHaveCount(1);
  await expect(told).toContainText('2 lines');
  await (await sessionPage.tool(told, /Raw lines/)).click();
  const raw = page.getByTestId('raw');
  await expect(raw).toContainText('npm warn deprecated');
  await expect(raw).toContainText('more noise');
});

test('an agent that wakes by itself needs a person, hears Yes and comes to rest', async ({
  app,
  newSession,
  listPage,
  page,
  sessionPage,
}) => {
  const woken = ask('w1', 't9', 'run the tests again', { command: 'echo woke' });
  const prompt = lines('first', '!end', '!sleep 2', woken, '!wait', 'I woke up');
  const { id } = await newSession(prompt, 'Wakes', ODD);
  await app.api.reaches(id, 'waiting_approval');
  await sessionPage.open(id);
  await expect(sessionPage.entry('system').filter({ hasText: /by itself at \d\d:\d\d/ })).toBeVisible();
  await expect(sessionPage.status).toHaveAttribute('data-status', 'waiting_approval');
  await expect(page).toHaveTitle(/^\(\d+\) /);
  await expect(sessionPage.stop).toBeVisible();
  await sessionPage.approve.click();
  await expect(sessionPage.entry('agent').last()).toContainText('I woke up');
  await expect(sessionPage.status).toHaveAttribute('data-status', 'idle', { timeout: 20_000 });
  await expect(sessionPage.entry('tool').first()).not.toContainText('aborted');
  await sessionPage.leave();
  await page.goto('/');
  await expect(listPage.page.getByText('Wakes').first()).toBeVisible();
});

test('a turn that nobody asked for can be stopped', async ({ app, newSession, sessionPage }) => {
  const prompt = lines('first', '!end', '!sleep 2', ask('w1', 't9', 'again', { command: 'echo woke' }), '!wait');
  const { id } = await newSession(prompt, undefined, ODD);
  await app.api.reaches(id, 'waiting_approval');
  await sessionPage.open(id);
  await sessionPage.stop.click();
  await expect(sessionPage.status).toHaveAttribute('data-status', 'cancelled', { timeout: 20_000 });
});

test('two requests that name one call are answered in any order', async ({ app, newSession, sessionPage }) => {
  const prompt = lines(
    ask('a', 't', 'one', { command: ['echo', 'a b'] }),
    ask('b', 't', 'two', { cmd: [['echo', 'c']] }),
    '!wait',
    '!wait',
  );
  const { id } = await newSession(prompt, undefined, ODD);
  await app.api.reaches(id, 'waiting_approval');
  await sessionPage.open(id);
  const cards = sessionPage.entry('approval');
  await expect(cards).toHaveCount(2);
  await expect(cards.nth(0)).toContainText("echo 'a b'");
  await expect(cards.nth(1)).toContainText('echo c');
  await cards.nth(1).getByTestId('approve').click();
  await expect(cards.nth(1)).toContainText('Approved by');
  await cards.nth(0).getByTestId('approve').click();
  await expect(cards.nth(0)).toContainText('Approved by');
  await expect(sessionPage.status).toHaveAttribute('data-status', 'idle');
  await expect(sessionPage.entry('tool').first()).not.toContainText('aborted');
});

test('a request that tells nothing says so', async ({ app, newSession, sessionPage }) => {
  const { id } = await newSession(lines(ask('a', 't', 'Run something'), '!wait'), undefined, ODD);
  await app.api.reaches(id, 'waiting_approval');
  await sessionPage.open(id);
  await expect(sessionPage.entry('approval')).toContainText('The agent did not say what it will run.');
  await sessionPage.deny.click();
  await expect(sessionPage.status).toHaveAttribute('data-status', 'idle');
});

test('after an error of the provider the agent is there, and the message is sent again', async ({
  app,
  newSession,
  page,
  sessionPage,
}) => {
  const { id } = await newSession(lines('!count', fail({ retryAfter: 300 })), undefined, ODD);
  await app.api.reaches(id, 'failed');
  await sessionPage.open(id);
  const failure = sessionPage.entry('error').last();
  await expect(failure).toContainText(/The limit resets at \d\d:\d\d/);
  await expect(failure).not.toContainText('class');
  await expect(sessionPage.sidebar).toContainText('running');
  await expect(page.getByTestId('send-at-reset')).toBeVisible();
  await page.getByTestId('send-again').click();
  await expect(sessionPage.entry('agent').last()).toContainText('prompt 2');
  await expect(sessionPage.entry('error')).toHaveCount(2);
  await page.getByTestId('send-at-reset').click();
  const queue = page.getByRole('region', { name: 'Queued messages' });
  await expect(queue).toContainText(/is sent at \d\d:\d\d/);
});

test('after a stop the queue waits for a person and says so', async ({ app, newSession, page, sessionPage }) => {
  const running = update({ sessionUpdate: 'tool_call', toolCallId: 't', title: 'long', status: 'in_progress' });
  const { id } = await newSession(lines(running, ask('a', 'u', 'go on', { command: 'ls' }), '!wait'), undefined, ODD);
  await app.api.reaches(id, 'waiting_approval');
  await sessionPage.open(id);
  await sessionPage.say('and then this');
  const queue = page.getByRole('region', { name: 'Queued messages' });
  await expect(queue).toContainText('Queued for the end of this turn: 1');
  await sessionPage.stop.click();
  await expect(sessionPage.status).toHaveAttribute('data-status', 'cancelled', { timeout: 20_000 });
  await expect(queue).toContainText('1 message waits until somebody sends it');
  await expect(queue).not.toContainText('end of this turn');
});
