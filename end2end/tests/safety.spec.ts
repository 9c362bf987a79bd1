// What the console must never do, and whom it must never answer.
import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { HELP, run, write } from '../fixtures/prompts.ts';
import { digests, git } from '../fixtures/repository.ts';
import { expect, test } from '../fixtures/test.ts';

const ANSWERED = 'agent/get_session_with_metadata';

/** One request as it is, with headers that `fetch` would not send. */
function ask(
  origin: string,
  method: string,
  path: string,
  headers: Record<string, string>,
  body = '',
): Promise<{ status: number; text: string; type: string }> {
  return new Promise((done, failed) => {
    const asked = request(`${origin}${path}`, { method, headers }, (answer) => {
      let text = '';
      answer.on('data', (data: Buffer) => (text += data.toString()));
      answer.on('end', () =>
        done({ status: answer.statusCode ?? 0, text, type: answer.headers['content-type'] ?? '' }),
      );
    });
    asked.on('error', failed);
    asked.end(body);
  });
}

test('the main checkout is never touched', async ({ app, newSession }) => {
  const before = digests(app.repo);
  const prompt = run('echo x > x.txt; git branch --list; echo y >> README.md') + write('src/loom.txt', 'cut\n');
  const { id } = await newSession(prompt);
  await app.api.answer(id, await app.api.asked(id), 'allow_always');
  const session = await app.api.reaches(id, 'idle');
  await app.api.post('git/commit', { session: id, paths: ['x.txt'], message: 'Weave x' });
  expect(git(app.repo, 'log', '-1', '--format=%s', session.worktree.branch)).toBe('Weave x');
  expect(digests(app.repo)).toEqual(before);
  await app.api.complete(id);
  await app.api.remove(id);
  expect(digests(app.repo)).toEqual(before);
});

test('work that is nowhere else is not thrown away unasked', async ({ app, newSession }) => {
  const { id } = await newSession(run('echo precious > precious.txt'));
  await app.api.answer(id, await app.api.asked(id), 'allow_once');
  await app.api.reaches(id, 'idle');
  const deletion = app.api.post('agent/delete_session', { id, discardWork: false });
  await expect(deletion).rejects.toThrow(/422/);
  expect((await app.api.session(id)).status).toBe('idle');
});

test('another name in Host is answered 421', async ({ app }) => {
  for (const host of ['evil.example', 'localhost.evil.example:80', `evil.example:${new URL(app.origin).port}`]) {
    const answer = await ask(app.origin, 'GET', '/', { Host: host });
    expect(answer.status, host).toBe(421);
  }
});

test('a write from another site is answered 403 and does nothing', async ({ app, newSession }) => {
  const { id, title } = await newSession(HELP);
  const { revision } = await app.api.reaches(id, 'idle');
  const body = JSON.stringify({ clientId: randomUUID(), id, revision, title: 'Taken over' });
  const cookie = `${app.cookie.name}=${app.cookie.value}`;
  const json = { Cookie: cookie, 'Content-Type': 'application/json' };
  for (const headers of [
    { ...json, Origin: 'https://evil.example' },
    { ...json, Origin: 'null' },
    { ...json, 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' },
  ]) {
    const answer = await ask(app.origin, 'POST', '/api/agent/update_session', headers, body);
    expect(answer.status, JSON.stringify(headers)).toBe(403);
    expect(answer.type).toContain('application/json');
  }
  expect((await app.api.session(id)).title).toBe(title);
});

test('nothing is answered without login', async ({ app, newSession }) => {
  const { id } = await newSession(HELP);
  const answer = await ask(app.origin, 'GET', `/api/${ANSWERED}?id=${id}`, {});
  expect(answer.status).toBe(401);
  expect(JSON.parse(answer.text)).toMatchObject({ error: 'unauthenticated' });
  expect((await ask(app.origin, 'GET', `/agents/${id}`, {})).status).toBe(303);
});

test('a login link works once, and looking at it spends nothing', async ({ app }) => {
  const link = app.newLoginLink();
  const { pathname, search } = new URL(link);
  expect((await ask(app.origin, 'GET', pathname + search, {})).status).toBe(200);
  expect((await ask(app.origin, 'HEAD', pathname + search, {})).status).toBeLessThan(400);
  const first = await app.spend(link);
  expect(first.headers.get('location')).toBe('/');
  expect(first.headers.getSetCookie()).toHaveLength(1);
  const second = await app.spend(link);
  expect(second.headers.get('location')).not.toBe('/');
  expect(second.headers.getSetCookie()).toEqual([]);
});

test('a command that is repeated is done once', async ({ app, newSession }) => {
  const { id } = await newSession(HELP);
  await app.api.reaches(id, 'idle');
  const message = { id, text: HELP, clientId: randomUUID() };
  const first = await app.api.post('agent/send_message', message);
  expect(await app.api.post('agent/send_message', message)).toEqual(first);
  await app.api.reaches(id, 'idle');
  const { thread } = await app.api.snapshot(id);
  expect(thread.entries.filter((entry) => entry.kind === 'user')).toHaveLength(2);
  const changed = app.api.post('agent/send_message', { ...message, text: 'Something else' });
  await expect(changed).rejects.toThrow(/409/);
});
