// Tool calls that read well: colours, marks, folds, groups, images, copies.
import { withConsole } from '../../fixtures/agents.ts';
import { catchCopies } from '../../fixtures/clipboard.ts';
import { call, says, text, withTeller } from '../../fixtures/teller.ts';
import { expect, test as base } from '../../fixtures/test.ts';

const GIF = 'R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==';
const LONG = Array.from({ length: 40 }, (_, at) => `row ${at + 1}`).join('\n');
const image = { type: 'image', mimeType: 'image/gif', data: GIF };

const test = base.extend<object, object>({
  app: [
    async ({}, use) => {
      const updates = [
        call('r1', 'read', 'Read a.rs', { locations: [{ path: 'src/a.rs', line: 7 }], content: [text('fn a() {}')] }),
        call('r2', 'read', 'Read b.rs', { content: [text('fn b() {}')] }),
        call('s1', 'search', 'Look for shuttle', { rawOutput: 'a.rs:1\nb.rs:2' }),
        says('```rust\nlet shuttle = "red"; // thrown\n```'),
        call('e1', 'edit', 'Edit loom.rs', {
          content: [{ type: 'diff', path: 'loom.rs', oldText: 'let warp = first(1);\n', newText: 'let warp = second(1);\n' }],
        }),
        call('x1', 'execute', 'Count', {
          rawInput: { command: 'seq -f "row %g" 40' },
          content: [{ type: 'terminal', terminalId: 'x1' }],
          _meta: { terminal_output: { terminal_id: 'x1', data: `${LONG}\n` }, terminal_exit: { terminal_id: 'x1', exit_code: 0 } },
        }),
        { sessionUpdate: 'agent_message_chunk', content: image },
        call('i1', 'other', 'Draw', { content: [{ type: 'content', content: image }] }),
        { sessionUpdate: 'agent_message_chunk', content: { type: 'audio', mimeType: 'audio/wav', data: 'AAAA' } },
      ];
      await withConsole(withTeller(updates), use);
    },
    { scope: 'worker', timeout: 60_000 },
  ],
});

let copied: () => Promise<string | undefined>;

test.beforeEach(async ({ app, newSession, page, sessionPage }) => {
  copied = await catchCopies(page);
  const { id } = await newSession('Weave', undefined, 'teller');
  await app.api.reaches(id, 'idle');
  await sessionPage.open(id);
});

test('small calls in a row are one line that opens, and every entry keeps its place', async ({ page, sessionPage }) => {
  const group = page.getByRole('button', { name: '2 reads, 1 search' });
  await expect(group).toHaveAttribute('aria-expanded', 'false');
  const calls = sessionPage.entry('tool');
  await expect(calls.filter({ hasText: 'Read b.rs' })).toBeHidden();
  const places = await sessionPage.entries.evaluateAll((all) => all.map((one) => one.getAttribute('data-seq')));
  expect(places).toEqual(places.map((_, at) => String(at + 1)));
  await calls.filter({ hasText: 'Read b.rs' }).evaluate((one) => one.setAttribute('data-kept', ''));
  await group.click();
  await expect(page.getByText('Read b.rs')).toBeVisible();
  await expect(page.getByText('src/a.rs:7 · 9 B')).toBeVisible();
  await expect(page.getByText('2 lines')).toBeVisible();
  await expect(page.locator('[data-kept]')).toContainText('Read b.rs');
  await group.click();
  await expect(page.getByText('Read b.rs')).toBeHidden();
});

test('code and changes have colours, and changed words a mark', async ({ sessionPage }) => {
  const code = sessionPage.entry('agent').first();
  await expect(code.locator('[data-syntax="keyword"]')).toHaveText('let');
  await expect(code.locator('[data-syntax="string"]')).toHaveText('"red"');
  await expect(code.locator('[data-syntax="comment"]')).toHaveText('// thrown');
  const change = sessionPage.entry('tool').filter({ hasText: 'Edit loom.rs' });
  await expect(change.locator('[data-kind="removed"] mark')).toHaveText('first');
  await expect(change.locator('[data-kind="added"] mark')).toHaveText('second');
  await expect(change.locator('mark').first()).toHaveCSS('text-decoration-line', 'underline');
});

test('long output shows its end, and all of it when asked', async ({ page, sessionPage }) => {
  const count = sessionPage.entry('tool').filter({ hasText: 'Count' });
  await expect(count.getByText('row 40')).toBeVisible();
  await expect(count.getByText('row 1\n')).toBeHidden();
  await page.getByText('Show all (40 lines').click();
  const rest = count.getByRole('group', { name: 'Terminal output, earlier lines' });
  await expect(rest).toBeVisible();
  await expect(rest).toContainText('row 1\n');
});

test('commands, output, new text and code are copied', async ({ page, sessionPage }) => {
  const count = sessionPage.entry('tool').filter({ hasText: 'Count' });
  await (await sessionPage.tool(count, 'Copy command')).click();
  expect(await copied()).toBe('seq -f "row %g" 40');
  await (await sessionPage.tool(count, 'Copy output')).click();
  expect((await copied())?.trim()).toBe(LONG);
  await page.getByRole('button', { name: 'Copy the new text of loom.rs' }).click();
  expect(await copied()).toBe('let warp = second(1);\n');
  await page.getByRole('button', { name: 'Copy code' }).click();
  expect((await copied())?.trim()).toBe('let shuttle = "red"; // thrown');
});

test('images are shown from the console itself, and what cannot be shown is named', async ({ sessionPage }) => {
  for (const entry of [sessionPage.entry('image'), sessionPage.entry('tool').filter({ hasText: 'Draw' })]) {
    const shown = entry.getByRole('img', { name: /^GIF image, \d+ B$/ });
    await shown.scrollIntoViewIfNeeded();
    await expect(shown).toHaveJSProperty('complete', true);
    await expect(shown).toHaveJSProperty('naturalWidth', 1);
    await expect(entry.getByRole('link')).toHaveAttribute('href', /^\/api\/attachment\/get\?id=[0-9a-f]{64}$/);
  }
  await expect(sessionPage.entry('agent').last()).toContainText('[audio: audio/wav, 3 B]');
});
