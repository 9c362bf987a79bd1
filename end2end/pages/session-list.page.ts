// The list of sessions as a person sees it.
import type { Locator, Page } from '@playwright/test';

export class SessionListPage {
  readonly rows: Locator;
  readonly newSession: Locator;
  readonly filter: Locator;

  constructor(readonly page: Page) {
    this.rows = page.getByTestId('session-row');
    this.newSession = page.getByTestId('new-session').first();
    this.filter = page.getByRole('searchbox', { name: /filter/i });
  }

  async open(): Promise<void> {
    await this.page.goto('/');
    await this.page.locator('html[data-hydrated]').waitFor();
  }

  /** The chip that shows only one status. */
  chip(status: string): Locator {
    return this.page.getByRole('group', { name: 'Status' }).locator(`[data-status="${status}"]`);
  }

  row(id: string): Locator {
    return this.page.locator(`[data-testid="session-row"][data-session-id="${id}"]`);
  }
}
