// The form that starts a session.
import type { Locator, Page } from '@playwright/test';

export class NewSessionPage {
  readonly repository: Locator;
  readonly baseBranch: Locator;
  readonly agents: Locator;
  readonly title: Locator;
  readonly prompt: Locator;
  readonly create: Locator;

  constructor(readonly page: Page) {
    this.repository = page.getByRole('combobox', { name: /repository/i });
    this.baseBranch = page.getByRole('combobox', { name: /branch/i });
    this.agents = page.getByRole('group', { name: 'Agent' });
    this.title = page.getByRole('textbox', { name: /title/i });
    this.prompt = page.getByRole('textbox', { name: /prompt/i });
    this.create = page.getByTestId('create');
  }

  async open(): Promise<void> {
    await this.page.goto('/agents/new');
    await this.page.locator('html[data-hydrated]').waitFor();
  }

  /** Fills the form and starts by the keyboard. */
  async start(session: { repo: string; branch: string; title: string; prompt: string; agent?: RegExp }): Promise<void> {
    await this.repository.selectOption(session.repo);
    await this.baseBranch.selectOption(session.branch);
    await this.agents.getByRole('radio', { name: session.agent ?? /runbook/i }).check();
    await this.title.fill(session.title);
    await this.prompt.fill(session.prompt);
    await this.prompt.press('Control+Enter');
  }
}
