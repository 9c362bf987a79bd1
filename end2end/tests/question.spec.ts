// Questions of the agent as forms; and a new session from a message of the thread.
import { HELP, ask } from '../fixtures/prompts.ts';
import { expect, test } from '../fixtures/test.ts';

const QUESTION = ask(
  'What is to be woven?',
  'name*: text 2..9',
  'count: integer 1..5 = 2',
  'dry run: boolean = yes',
  'colour: red | green',
  'tags: [a | b] = a',
);

test('a question is a form that says what is wrong and tells the agent what was answered', async ({
  app,
  newSession,
  page,
  sessionPage,
}) => {
  const { id } = await newSession(QUESTION, 'Weave');
  await app.api.reaches(id, 'waiting_input');
  await sessionPage.open(id);
  await expect(sessionPage.status).toHaveAttribute('data-status', 'waiting_input');
  const question = page.getByTestId('question');
  await expect(question).toContainText('What is to be woven?');
  await expect(question.getByLabel('count')).toHaveValue('2');
  await expect(question.getByLabel('dry run')).toBeChecked();
  const tags = question.getByRole('group', { name: 'tags' });
  await expect(tags.getByLabel('a', { exact: true })).toBeChecked();
  const name = question.getByRole('textbox', { name: /name/ });
  await page.getByTestId('answer').click();
  await expect(question.getByRole('alert')).toHaveText('is needed');
  await expect(name).toHaveAttribute('aria-invalid', 'true');
  await name.fill('a cloth');
  await question.getByLabel('count').fill('9');
  await page.getByTestId('answer').click();
  await expect(question.getByRole('alert')).toHaveText('must be 5 at most');
  await question.getByLabel('count').fill('3');
  await question.getByLabel('colour').selectOption('green');
  await tags.getByLabel('b', { exact: true }).check();
  await page.getByTestId('answer').click();
  await expect(question).toHaveAttribute('data-state', 'answered');
  await expect(question).toContainText('Answered by');
  await expect(question).toContainText('a cloth');
  await expect(sessionPage.entry('agent').last()).toContainText('name: a cloth');
  await expect(sessionPage.entry('agent').last()).toContainText('colour: green');
  await expect(sessionPage.status).toHaveAttribute('data-status', 'idle');
});

test('what is filled in stays while the page asks on, and another answer comes first', async ({
  app,
  newSession,
  page,
  sessionPage,
  wire,
}) => {
  const { id } = await newSession(QUESTION, 'Weave');
  await app.api.reaches(id, 'waiting_input');
  await sessionPage.open(id);
  const question = page.getByTestId('question');
  const name = question.getByRole('textbox', { name: /name/ });
  await name.fill('half');
  wire.forget();
  const { revision } = await app.api.session(id);
  await app.api.post('agent/update_session', { id, revision, title: 'Renamed' });
  await expect(sessionPage.title).toHaveText('Renamed');
  await expect(name).toHaveValue('half');
  const { thread } = await app.api.snapshot(id);
  const asked = thread.entries.find((entry) => entry.kind === 'question');
  await app.api.post('agent/answer', { id, questionId: asked?.questionId, action: 'decline' });
  await expect(question).toHaveAttribute('data-state', 'answered');
  await expect(question).toContainText('Declined by');
  await expect(page.getByTestId('answer')).toHaveCount(0);
});

test('an address is shown with its whole host, and stopping leaves the question', async ({
  app,
  newSession,
  page,
  sessionPage,
}) => {
  const { id } = await newSession(ask('Log in there', 'open https://good.example@evil.example/login'), 'Weave');
  await app.api.reaches(id, 'waiting_input');
  await sessionPage.open(id);
  const link = page.getByTestId('question').getByRole('link');
  await expect(link).toHaveText('Open evil.example');
  await expect(link).toHaveAttribute('rel', /noopener/);
  await sessionPage.stop.click();
  await expect(page.getByTestId('question')).toHaveAttribute('data-state', 'void');
  await expect(page.getByTestId('question')).toContainText('The turn ended before anybody answered');
});

test('a session is forked from a message, and says from where', async ({ app, newSession, page, sessionPage }) => {
  const { id } = await newSession(HELP, 'Weave');
  await app.api.reaches(id, 'idle');
  await sessionPage.open(id);
  const said = sessionPage.entry('user').first();
  await (await sessionPage.tool(said, 'Fork from here')).click();
  await expect(sessionPage.title).toHaveText('Fork of Weave');
  const fork = sessionPage.id();
  await expect(sessionPage.entry('system').first()).toContainText(`forked from session ${id} at entry 1`);
  await expect(sessionPage.status).toHaveAttribute('data-status', 'idle');
  await sessionPage.say(HELP);
  await expect(sessionPage.entry('agent').last()).toContainText('Runbook');
  await expect(sessionPage.entry('system').first()).toContainText('got a short recap');
  await page.getByRole('link', { name: 'Open the session it was forked from' }).click();
  await expect(sessionPage.title).toHaveText('Weave');
  await app.api.remove(fork);
});
