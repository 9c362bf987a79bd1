// The session page as a person sees it: places and deeds, no judgement.
import type { Locator, Page } from '@playwright/test';

export class SessionPage {
  readonly title: Locator;
  readonly status: Locator;
  readonly thread: Locator;
  readonly entries: Locator;
  readonly sidebar: Locator;
  readonly git: Locator;
  readonly changedFiles: Locator;
  readonly diff: Locator;
  readonly composer: Locator;
  readonly send: Locator;
  readonly stop: Locator;
  readonly approve: Locator;
  readonly deny: Locator;
  readonly commitMessage: Locator;
  readonly commit: Locator;
  readonly root: Locator;
  readonly stale: Locator;
  readonly refresh: Locator;
  readonly degraded: Locator;
  readonly offline: Locator;
  readonly conflict: Locator;
  readonly failure: Locator;
  readonly retry: Locator;
  readonly support: Locator;

  constructor(readonly page: Page) {
    this.title = page.getByTestId('session-title');
    this.status = page.getByTestId('session-status').first();
    this.thread = page.getByTestId('thread');
    this.entries = this.thread.getByTestId('thread-entry');
    this.sidebar = page.getByTestId('thread-sidebar');
    this.git = page.getByTestId('git-section');
    this.changedFiles = this.git.getByTestId('changed-file');
    this.diff = page.getByTestId('diff');
    this.composer = page.getByTestId('composer');
    this.send = page.getByTestId('send');
    this.stop = page.getByTestId('stop');
    this.approve = page.getByTestId('approve');
    this.deny = page.getByTestId('deny');
    this.commitMessage = page.getByTestId('commit-message');
    this.commit = page.getByTestId('commit');
    this.root = page.locator('[data-sync-phase]');
    this.stale = page.getByTestId('stale-notice');
    this.refresh = page.getByTestId('refresh');
    this.degraded = page.getByTestId('degraded-notice');
    this.offline = page.getByTestId('offline-notice');
    this.conflict = page.getByTestId('conflict-notice');
    this.failure = page.getByTestId('fetch-error');
    this.retry = page.getByTestId('retry');
    this.support = page.getByTestId('contact-support');
  }

  async open(id: string): Promise<void> {
    await this.page.goto(`/agents/${id}`);
    await this.hydrated();
  }

  async hydrated(): Promise<void> {
    await this.page.locator('html[data-hydrated]').waitFor();
  }

  /** Until all of the program is there: a sign of a person has it loaded. */
  async whole(): Promise<void> {
    await this.page.keyboard.press('Shift');
    await this.page.locator('html:not([data-partial])').waitFor();
  }

  /** The id in the address. */
  id(): string {
    return new URL(this.page.url()).pathname.split('/').pop() ?? '';
  }

  /** Leaves the page, which would miss its session loudly; gives the id. */
  async leave(): Promise<string> {
    const id = this.id();
    await this.page.goto('about:blank');
    return id;
  }

  /** Entries of one kind. */
  entry(kind: string): Locator {
    return this.thread.locator(`[data-testid="thread-entry"][data-kind="${kind}"]`);
  }

  /** Points at an entry, which then has the tools. */
  async tool(entry: Locator, name: string | RegExp): Promise<Locator> {
    await entry.hover();
    return entry.getByRole('toolbar').getByRole('button', { name });
  }

  changedFile(path: string): Locator {
    return this.git.locator(`[data-testid="changed-file"][data-path="${path}"]`);
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  /** Chooses exactly these files, and commits them. */
  async commitFiles(message: string, paths: string[]): Promise<void> {
    // On a busy machine the page is there before git has said what differs.
    await this.changedFiles.first().waitFor();
    for (const file of await this.changedFiles.all()) {
      const path = (await file.getAttribute('data-path')) ?? '';
      const choice = file.getByRole('checkbox');
      if (await choice.isVisible()) await choice.setChecked(paths.includes(path));
    }
    await this.commitMessage.fill(message);
    await this.commit.click();
  }

  async rename(title: string): Promise<void> {
    await this.title.dblclick();
    const field = this.page.getByRole('textbox', { name: /title/i });
    await field.fill(title);
    await field.press('Enter');
  }

  async complete(): Promise<void> {
    await this.page.getByRole('button', { name: /^complete/i }).click();
  }

  /** Deletes the session with its work, in the group that asks. */
  async delete(): Promise<void> {
    await this.page.getByRole('button', { name: 'Delete', exact: true }).click();
    const asks = this.page.getByRole('group', { name: /delete/i });
    await asks.getByRole('checkbox').check();
    await asks.getByRole('button', { name: /delete/i }).click();
  }

  /** When this document was made; a reload would change it. */
  timeOrigin(): Promise<number> {
    return this.page.evaluate(() => performance.timeOrigin);
  }
}
