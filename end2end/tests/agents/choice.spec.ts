// Choosing an agent: what is here, what is not and how it gets here, and a look at one on demand.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { codex, expect, gemini, test, withAgents, withConsole } from '../../fixtures/agents.ts';

interface AgentType {
  id: string;
  state: string;
  available: boolean;
  install?: string;
  login?: string;
}

test('the form tells what is installed, and checks an agent when asked', async ({ newPage }) => {
  await newPage.open();
  const one = newPage.agents.locator(`[data-agent="${codex.id}"]`);
  await one.getByRole('button', { name: `Check ${codex.name}` }).click();
  await expect(one.getByText('Ready')).toBeVisible({ timeout: 30_000 });
  await expect(one.getByText(/checked/)).toBeVisible();
  await one.getByRole('radio').check();
  const missing = newPage.agents.locator('[data-agent="vibe"]');
  await expect(missing.getByRole('radio')).toBeHidden();
  await newPage.agents.locator('summary').click();
  await expect(missing.getByRole('radio')).toBeDisabled();
  await expect(missing).toContainText('uv tool install mistral-vibe');
});

test('a check of a real agent finds it ready, or in need of a login', async ({ model }) => {
  test.setTimeout(120_000);
  const settings = withAgents(model);
  // The same program without a key or a way to log in.
  const at = settings.agents?.indexOf('id = "gemini"') ?? 0;
  const bare = (settings.agents ?? '')
    .slice(at)
    .replace('id = "gemini"', 'id = "bare"')
    .replace(/^(authMethod|env) = .*$/gm, '');
  settings.agents += `\n[[heddle.agents]]\n${bare}\nlogin = "run gemini and log in"\n`;
  await withConsole(settings, async (app) => {
    const check = (agent: string) => app.api.post<AgentType>('agent/check_type', { agent });
    expect(await check(codex.id)).toMatchObject({ state: 'ready', available: true });
    expect(await check(gemini.id)).toMatchObject({ state: 'ready', available: true });
    expect(await check('bare')).toMatchObject({ state: 'login', login: 'run gemini and log in' });
    expect(readdirSync(join(app.dataDir, 'check')), 'the folders are removed').toEqual([]);
    const types = await app.api.get<AgentType[]>('agent/available_types');
    expect(types.find(({ id }) => id === 'bare')?.state).toBe('login');
    expect(types.filter(({ state }) => state === 'missing').every(({ install }) => install)).toBe(true);
  });
});
