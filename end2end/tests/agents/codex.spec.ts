// A real agent of one vendor, OpenAI's Codex as Zed ships it, through all that can happen to it.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Session } from '../../fixtures/api.ts';
import { codex, expect, test, withAgents, withConsole } from '../../fixtures/agents.ts';
import { agentPid, marked, messages, runOf } from '../../fixtures/journal.ts';
import { FINAL, scripted } from '../../fixtures/model.ts';
import { run, write } from '../../fixtures/prompts.ts';
import { until } from '../../fixtures/wait.ts';
import { story } from './story.ts';

test.use({ tolerated: [/409/] });

test('the whole job is done with Codex', async ({ app, model, newPage, sessionPage }) => {
  test.setTimeout(120_000);
  await story(codex, { app, model, newPage, sessionPage });
});

test('what a person rejects is not done, and the conversation goes on', async ({ app, newSession }) => {
  const { id } = await newSession(scripted('write', 'rejected.txt'), 'Reject', codex.id);
  await app.api.answer(id, await app.api.asked(id), 'reject_once');
  const { worktree } = await app.api.reaches(id, 'idle');
  expect(existsSync(join(worktree.path, 'rejected.txt'))).toBe(false);
  await app.api.send(id, scripted('write', 'allowed.txt'));
  await app.api.allowUntil(id, 'idle');
  expect(readFileSync(join(worktree.path, 'allowed.txt'), 'utf8')).toContain('This is allowed.txt');
});

test('a stop while it asks ends the turn and takes the question back', async ({ app, newSession }) => {
  const { id } = await newSession(scripted('write', 'stopped.txt'), 'Stop', codex.id);
  const open = await app.api.asked(id);
  await app.api.cancel(id);
  const session = await app.api.reaches(id, 'cancelled');
  expect(session.pendingApprovals).toEqual([]);
  expect(existsSync(join(session.worktree.path, 'stopped.txt'))).toBe(false);
  await expect(app.api.answer(id, open, 'allow_once')).rejects.toThrow(/409/);
  await until('the end of its processes', () => marked(runOf(app.dataDir, id)).length === 0 || undefined);
  await app.api.send(id, scripted('text'));
  await app.api.reaches(id, 'idle');
});

test('a stop leaves no process behind, whatever the agent started', async ({ app, newSession }) => {
  const { id } = await newSession(scripted('long', 'long.txt'), 'Long', codex.id);
  await app.api.answer(id, await app.api.asked(id), 'allow_once');
  const { worktree } = await app.api.session(id);
  await until('the command to run', () => existsSync(join(worktree.path, 'long.txt')) || undefined);
  const processes = marked(runOf(app.dataDir, id)).length;
  expect(processes, 'the agent and its command').toBeGreaterThan(1);
  await app.api.cancel(id);
  await app.api.reaches(id, 'cancelled');
  await until('the end of its processes', () => marked(runOf(app.dataDir, id)).length === 0 || undefined);
});

for (const [script, what] of [
  ['e500', 'an error of the provider'],
  ['e429', 'a limit of the provider'],
  ['garbage', 'an answer that is none'],
  ['cut', 'a connection that breaks'],
] as const) {
  test(`${what} fails the turn with its reason, and the next one works`, async ({ app, newSession }) => {
    const { id } = await newSession(scripted(script), what, codex.id);
    const failed = await app.api.reaches(id, 'failed');
    expect(failed.error?.code).toBe('provider');
    expect(failed.error?.message).not.toBe('');
    const { thread } = await app.api.snapshot(id);
    expect(thread.entries.some((entry) => entry.kind === 'error')).toBe(true);
    await app.api.send(id, scripted('text'));
    await app.api.reaches(id, 'idle');
  });
}

test('an agent that is killed fails its turn with the signal, and comes back', async ({ app, newSession }) => {
  const { id } = await newSession(scripted('hang'), 'Killed', codex.id);
  await app.api.reaches(id, 'working');
  process.kill(agentPid(app.dataDir, id), 'SIGKILL');
  const failed = await app.api.reaches(id, 'failed');
  expect(failed.error?.code).toBe('signal');
  await app.api.send(id, scripted('text'));
  await app.api.reaches(id, 'idle');
  expect(await app.api.said(id, 'resumed')).toHaveLength(1);
});

test('a turn goes on over deaths of the server', async ({ model }) => {
  test.setTimeout(120_000);
  await withConsole(withAgents(model), async (app) => {
    const { id } = await app.api.create(app.repo, scripted('full', 'deaths.txt'), 'Deaths', codex.id);
    let open = await app.api.asked(id);
    const pid = agentPid(app.dataDir, id);
    await app.restart();
    await app.api.answer(id, open, 'allow_once');
    open = await app.api.asked(id, open.seq);
    await app.restart();
    await app.api.answer(id, open, 'allow_once');
    const { worktree } = await app.api.allowUntil(id, 'idle');
    expect(readFileSync(join(worktree.path, 'deaths.txt'), 'utf8')).toBe('This is deaths.txt\nline 2, edited\n');
    expect(agentPid(app.dataDir, id), 'the same process all the time').toBe(pid);
    const { thread } = await app.api.snapshot(id);
    expect(thread.entries.filter((entry) => entry.kind === 'user')).toHaveLength(1);
    expect(thread.entries.at(-1)?.text).toContain(FINAL);
  });
});

test('a server that dies while the model thinks finds the turn where it was', async ({ model }) => {
  await withConsole(withAgents(model), async (app) => {
    const { id } = await app.api.create(app.repo, scripted('hang'), 'Hangs', codex.id);
    await app.api.reaches(id, 'working');
    await app.restart();
    const session = await app.api.reaches(id, 'working');
    expect(session.agentAlive).toBe(true);
    await app.api.cancel(id);
    await app.api.reaches(id, 'cancelled');
    await until('the end of its processes', () => marked(runOf(app.dataDir, id)).length === 0 || undefined);
  });
});

test('an idle agent is stopped, and remembers when the next message comes', async ({ model }) => {
  await withConsole(withAgents(model, { idle_stop_s: 1 }), async (app) => {
    const { id } = await app.api.create(app.repo, scripted('text', 'first.txt'), 'Idle', codex.id);
    await app.api.reaches(id, 'idle');
    await until('the stop', async () => !(await app.api.session(id)).agentAlive || undefined);
    expect(await app.api.said(id, 'stopped')).toHaveLength(1);
    expect(marked(runOf(app.dataDir, id))).toEqual([]);
    await app.api.send(id, scripted('write', 'second.txt'));
    const { worktree } = await app.api.allowUntil(id, 'idle');
    expect(readdirSync(worktree.path)).toContain('second.txt');
    expect(await app.api.said(id, 'resumed')).toEqual(['the agent was started again and goes on']);
    const asked = messages(app.dataDir, id, 'c2a').map((message) => message.method);
    expect(asked.filter((method) => method === 'session/new')).toHaveLength(1);
    expect(asked.filter((method) => method === 'session/resume')).toHaveLength(1);
  });
});

test('twelve sessions at once keep to their own files', async ({ model }) => {
  test.setTimeout(180_000);
  await withConsole(withAgents(model), async (app) => {
    const names = Array.from({ length: 12 }, (_, n) => `file-${n}.txt`);
    const made = await Promise.all(
      names.map((name, n) =>
        n < 2
          ? app.api.create(app.repo, scripted('full', name), name, codex.id)
          : app.api.create(app.repo, write(name, name) + run(`cat ${name} > ${name}.count`), name),
      ),
    );
    await Promise.all(made.map(({ id }) => app.api.allowUntil(id, 'idle')));
    for (const [n, { worktree }] of made.entries()) {
      const own = readdirSync(worktree.path).filter((name) => name.startsWith('file-'));
      expect(own.sort()).toEqual([names[n], `${names[n]}.count`]);
      expect(readFileSync(join(worktree.path, names[n]), 'utf8')).toContain(names[n]);
    }
  });
});

test('sessions beyond the limit wait, say why, and are all done', async () => {
  test.setTimeout(120_000);
  await withConsole({ limits: { max_live_agents: 2 } }, async (app) => {
    const made: Session[] = [];
    for (let n = 0; n < 5; n += 1) made.push(await app.api.create(app.repo, run(`echo ${n} > n.txt`), `Number ${n}`));
    const waits = async () => {
      const all = await Promise.all(made.map(({ id }) => app.api.session(id)));
      const asks = all.filter(({ status }) => status === 'waiting_approval');
      const pending = all.filter(({ status, statusReason }) => status === 'pending' && statusReason?.includes('2 agents at work'));
      return (asks.length === 2 && pending.length === 3) || undefined;
    };
    await until('two at work and three that wait and say why', waits);
    await Promise.all(made.map(({ id }) => app.api.allowUntil(id, 'idle')));
    for (const [n, { worktree }] of made.entries()) {
      expect(readFileSync(join(worktree.path, 'n.txt'), 'utf8')).toBe(`${n}\n`);
    }
  });
});
