// A console of its own for measuring: the release, a repository, a data directory, a client.
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** How long anything but the measuring itself may take, in milliseconds. */
const PATIENCE = 600_000;

export async function until(what, ask) {
  const end = Date.now() + PATIENCE;
  while (Date.now() < end) {
    const answer = await ask();
    if (answer) return answer;
    await pause(20);
  }
  throw new Error(`waited too long for ${what}`);
}

/** A folder with a repository of one commit and the project's configuration. */
export function prepare(top) {
  const folder = mkdtempSync(join(tmpdir(), 'hb-'));
  const repo = join(folder, 'repo');
  mkdirSync(repo);
  const git = (...args) => execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@b.c', ...args], { cwd: repo });
  git('init', '--quiet', '--initial-branch=main');
  git('commit', '--quiet', '--allow-empty', '-m', 'Start');
  const config = readFileSync(join(top, 'Leptos.toml'), 'utf8');
  writeFileSync(join(folder, 'Leptos.toml'), config.replace(/^max_live_agents = .*$/m, 'max_live_agents = 32'));
  return { top, folder, repo };
}

/** Starts the console; answers its process, its origin, its login link and how long that took. */
export async function start({ top, folder, repo }, path = process.env.PATH) {
  const began = performance.now();
  const args = ['serve', '--addr', '127.0.0.1:0', '--data-dir', join(folder, 'd'), '--repo', repo];
  const child = spawn(join(top, 'dist', 'heddle'), [...args, '--config', join(folder, 'Leptos.toml')], {
    cwd: folder,
    env: { PATH: path, HOME: folder, LANG: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let complaints = '';
  child.stdout.on('data', (data) => (said += data));
  child.stderr.on('data', (data) => (complaints = `${complaints}${data}`.slice(-4000)));
  await until('the login link', () => {
    if (child.exitCode !== null) throw new Error(`the console ended: ${complaints}`);
    return said.split('\n').length > 2;
  });
  const [listening, login] = said.split('\n');
  const origin = listening.replace('listening on ', '');
  return { child, origin, link: login.replace('login ', ''), ms: performance.now() - began };
}

export async function stop({ child }) {
  if (child.exitCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

/** Logs in; answers a client of the console's interface. */
export async function login({ origin, link }, repo) {
  const body = new URLSearchParams({ t: new URL(link).searchParams.get('t') });
  const answer = await fetch(`${origin}/login`, { method: 'POST', redirect: 'manual', headers: { Origin: origin }, body });
  const Cookie = answer.headers.getSetCookie()[0]?.split(';')[0];
  if (!Cookie) throw new Error(`the login link answers ${answer.status}`);
  const read = async (path, answer) => {
    if (!answer.ok) throw new Error(`${path} answers ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  const api = {
    cookie: Cookie,
    page: async (path) => (await fetch(origin + path, { headers: { Cookie } })).text(),
    /** Milliseconds until the first byte of a page's body. */
    firstByte: async (path) => {
      const began = performance.now();
      const answer = await fetch(origin + path, { headers: { Cookie, 'Accept-Encoding': 'br' } });
      if (!answer.ok) throw new Error(`${path} answers ${answer.status}`);
      const body = answer.body.getReader();
      await body.read();
      const ms = performance.now() - began;
      while (!(await body.read()).done);
      return ms;
    },
    get: async (path, query = {}) =>
      read(path, await fetch(`${origin}/api/${path}?${new URLSearchParams(query)}`, { headers: { Cookie } })),
    post: async (path, args) => {
      const headers = { Cookie, Origin: origin, 'Content-Type': 'application/json' };
      const body = JSON.stringify({ clientId: randomUUID(), ...args });
      return read(path, await fetch(`${origin}/api/${path}`, { method: 'POST', headers, body }));
    },
    create: (prompt, title) => api.post('agent/create_session', { repo, agent: 'runbook', prompt, title }),
    reaches: (id, wanted) =>
      until(`status ${wanted}`, async () => (await api.get('agent/get', { id })).status === wanted),
    /** Answers the open approval: this and all that follow. */
    allowAlways: async (id) => {
      await api.reaches(id, 'waiting_approval');
      const [open] = (await api.get('agent/get', { id })).pendingApprovals;
      const { options, argsHash } = await api.get('agent/get_entry', { id, seq: open.seq });
      const { optionId } = options.find((option) => option.kind === 'allow_always');
      await api.post('agent/approve', { id, requestId: open.requestId, optionId, argsHash });
    },
    remove: (id) => api.post('agent/delete_session', { id, discardWork: true }),
  };
  return api;
}

export function clear({ folder }) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
