// The main job with a real agent: the same steps and the same claims, whoever made the agent.
import { expect, type Agent } from '../../fixtures/agents.ts';
import type { Console } from '../../fixtures/console.ts';
import { agentPid, messages, processOf } from '../../fixtures/journal.ts';
import { type Model, FINAL, scripted } from '../../fixtures/model.ts';
import { git } from '../../fixtures/repository.ts';
import { test } from '../../fixtures/agents.ts';
import type { NewSessionPage } from '../../pages/new-session.page.ts';
import type { SessionPage } from '../../pages/session.page.ts';

interface Cast {
  app: Console;
  model: Model;
  newPage: NewSessionPage;
  sessionPage: SessionPage;
}

/** Starts in the browser, watches, approves, looks at the change, commits, says more. */
export async function story(agent: Agent, { app, model, newPage, sessionPage }: Cast): Promise<void> {
  const file = `${agent.id}.txt`;
  let id = '';

  await test.step('start in the browser', async () => {
    await newPage.open();
    const prompt = scripted('full', file);
    await newPage.start({ repo: app.repo, branch: 'main', title: agent.name, prompt, agent: new RegExp(agent.name) });
    await expect(newPage.page).toHaveURL(/\/agents\/[0-9a-f-]{36}$/);
    id = sessionPage.id();
  });
  await watched(agent, id, { app, sessionPage, file });
  await test.step('it is the agent that it says to be, and its vendor was asked', () => {
    const { exe, command } = processOf(agentPid(app.dataDir, id));
    expect(exe).toMatch(agent.runs.exe);
    expect(command).toContain(agent.runs.command);
    const hello = messages(app.dataDir, id, 'a2c').find((message) => message.result?.agentInfo);
    expect(hello?.result.agentInfo).toMatchObject(agent.info);
    const steps = model.of(agent.vendor, file).map((seen) => seen.step);
    for (const step of ['plan', 'read', 'write', 'edit', 'shell', 'final']) expect(steps).toContain(step);
    expect(model.seen.filter((seen) => seen.file === file && seen.vendor !== agent.vendor)).toEqual([]);
  });
  await committed(id, { app, sessionPage, file });
  await test.step('a follow-up is another turn of the same conversation', async () => {
    await sessionPage.say(scripted('text', `more-${file}`));
    await expect(sessionPage.entry('agent').last()).toContainText(FINAL);
    await expect(sessionPage.status).toHaveAttribute('data-status', 'idle');
    const { thread } = await app.api.snapshot(id);
    expect(thread.entries.filter((entry) => entry.kind === 'user')).toHaveLength(2);
    const opened = messages(app.dataDir, id, 'c2a').filter((message) => message.method === 'session/new');
    expect(opened).toHaveLength(1);
  });
}

type Scene = Pick<Cast, 'app' | 'sessionPage'> & { file: string };

async function watched(agent: Agent, id: string, { app, sessionPage, file }: Scene): Promise<void> {
  await test.step('watch it work and approve what it asks', async () => {
    await expect(sessionPage.status).toHaveAttribute('data-status', 'waiting_approval', { timeout: 60_000 });
    await expect(sessionPage.entry('user').first()).toContainText(file);
    await expect(sessionPage.entry('approval').last()).toContainText(file);
    for (let asked = 1; asked <= 3; asked += 1) {
      await expect(sessionPage.entry('approval')).toHaveCount(asked, { timeout: 30_000 });
      await sessionPage.approve.first().click();
      await expect(sessionPage.approve).toHaveCount(asked === 3 ? 0 : 1);
    }
    await expect(sessionPage.entry('agent').last()).toContainText(FINAL);
    await expect(sessionPage.status).toHaveAttribute('data-status', 'idle');
    const { thread } = await app.api.snapshot(id);
    const tools = thread.entries.filter((entry) => entry.kind === 'tool');
    expect(tools.map((tool) => tool.status)).toEqual(tools.map(() => 'completed'));
    expect(tools.map((tool) => tool.toolKind)).toEqual(expect.arrayContaining(['read', 'edit', 'execute']));
    if (agent.vendor === 'openai') await expect(sessionPage.entry('plan')).toContainText(`Write ${file}`);
  });
}

async function committed(id: string, { app, sessionPage, file }: Scene): Promise<void> {
  await test.step('look at the change and commit it', async () => {
    await expect(sessionPage.changedFiles).toHaveCount(2);
    await sessionPage.changedFile(file).getByRole('button', { name: file, exact: true }).click();
    await expect(sessionPage.diff.first()).toContainText('line 2, edited');
    await sessionPage.commitFiles('Weave it', [file]);
    const { worktree } = await app.api.session(id);
    const last = () => git(app.repo, 'log', '-1', '--format=%s', '--name-only', worktree.branch);
    await expect.poll(last).toBe(`Weave it\n\n${file}`);
    expect(git(app.repo, 'show', `${worktree.branch}:${file}`)).toBe(`This is ${file}\nline 2, edited`);
    expect(git(worktree.path, 'status', '--porcelain')).toBe(`?? ${file}.count`);
  });
}
