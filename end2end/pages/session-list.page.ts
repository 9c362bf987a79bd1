// The list of sessions as a person sees it.
import type { Locator, Page } from '@playwright/test';

export class SessionListPage {
  readonly rows: Locator;
  readonly newSession: Locator;

  constructor(readonly page: Page) {
    this.rows = page.getByTestId('session-row');
    this.newSession = page.getByTestId('new-session').first();
  }

  async open(): Promise<void> {
    await this.page.goto('/');
    await this.page.locator('html[data-hydrated]').waitFor();
  }

  row(id: string): Locator {
    return this.page.locator(`[data-testid="session-row"][data-session-id="${id}"]`);
  }
}
