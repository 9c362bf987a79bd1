// A real agent of another vendor, Google's Gemini CLI: it starts slowly, so it tells less.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, gemini, test, withAgents, withConsole } from '../../fixtures/agents.ts';
import { marked, messages, runOf } from '../../fixtures/journal.ts';
import { scripted } from '../../fixtures/model.ts';
import { until } from '../../fixtures/wait.ts';
import { story } from './story.ts';

test.use({ tolerated: [/409/] });

test('the whole job is done with Gemini CLI', async ({ app, model, newPage, sessionPage }) => {
  test.setTimeout(180_000);
  await story(gemini, { app, model, newPage, sessionPage });
});

test('a rejection and a stop while it asks end its turns', async ({ app, newSession }) => {
  test.setTimeout(180_000);
  const { id, worktree } = await newSession(scripted('write', 'rejected.txt'), 'Reject', gemini.id);
  const open = await app.api.asked(id);
  await app.api.answer(id, open, 'reject_once');
  await app.api.reaches(id, 'idle', 'cancelled');
  expect(existsSync(join(worktree.path, 'rejected.txt'))).toBe(false);
  await app.api.send(id, scripted('write', 'stopped.txt'));
  await app.api.asked(id, open.seq);
  await app.api.cancel(id);
  const session = await app.api.reaches(id, 'cancelled');
  expect(session.pendingApprovals).toEqual([]);
  expect(existsSync(join(worktree.path, 'stopped.txt'))).toBe(false);
  await until('the end of its processes', () => marked(runOf(app.dataDir, id)).length === 0 || undefined);
});

test('an idle agent that cannot go on begins anew with a recap, and the thread says so', async ({ model }) => {
  test.setTimeout(180_000);
  await withConsole(withAgents(model, { idle_stop_s: 1 }), async (app) => {
    const { id } = await app.api.create(app.repo, scripted('text', 'first.txt'), 'Recap', gemini.id);
    await app.api.reaches(id, 'idle');
    await until('the stop', async () => !(await app.api.session(id)).agentAlive || undefined);
    // Whether it stored the conversation before it was stopped depends on the machine.
    rmSync(join(app.home, '.gemini', 'tmp'), { recursive: true, force: true });
    await app.api.send(id, scripted('text', 'second.txt'));
    await app.api.reaches(id, 'idle');
    expect(await app.api.said(id, 'stopped')).not.toEqual([]);
    const [said] = await app.api.said(id, 'resumed');
    const prompts = messages(app.dataDir, id, 'c2a').filter((message) => message.method === 'session/prompt');
    const texts = prompts[prompts.length - 1].params.prompt.map((block: { text: string }) => block.text);
    expect(said).toContain('does not remember');
    expect(texts).toHaveLength(2);
    expect(texts[0]).toContain('first.txt');
  });
});
