// A session of the console in the shape that the peer's page reads, kept up to date by its stream.

/** What the peer calls the states of a session. */
const STATUS = { pending: 'pending', waiting_approval: 'waiting_approval', waiting_input: 'waiting_input', working: 'running' };

const entry = (it) => {
  const base = { id: `e${it.seq}`, timestamp: it.at };
  if (it.kind === 'tool') {
    const output = it.content?.map(({ text, newText }) => text ?? newText ?? '').join('\n') ?? '';
    return { ...base, type: 'tool_use', content: JSON.stringify({ name: it.title, input: { output } }) };
  }
  return { ...base, type: 'text', content: it.text ?? it.title ?? '' };
};

export class Session {
  output = [];
  /** Milliseconds since 1970 at which each entry was committed. */
  at = [];

  constructor(origin, Cookie, id) {
    Object.assign(this, { origin, Cookie, id });
  }

  async read(path, query) {
    const address = `${this.origin}/api/agent/${path}?${new URLSearchParams({ id: this.id, ...query })}`;
    const answer = await fetch(address, { headers: { Cookie: this.Cookie } });
    if (!answer.ok) throw new Error(`${path} answers ${answer.status}`);
    return answer.json();
  }

  take({ session, metadata, thread, revision }) {
    Object.assign(this, { session, metadata, revision });
    this.put(thread.entries);
  }

  put(entries) {
    for (const it of entries) {
      this.output[it.seq - 1] = entry(it);
      this.at[it.seq - 1] ??= Date.parse(it.at);
    }
  }

  async open() {
    const first = await this.read('get_session_with_metadata');
    this.take(first);
    let before = first.thread.entries[0]?.seq ?? 1;
    while (before > 1) {
      const { entries } = await this.read('get_thread', { before });
      this.put(entries);
      before = entries[0].seq;
    }
    this.follow().catch((error) => this.ended || console.error(error));
  }

  /** Takes the changes that the stream of the console brings. */
  async follow() {
    this.abort = new AbortController();
    const address = `${this.origin}/api/events?session=${this.id}&since=${this.revision}`;
    const { body } = await fetch(address, { headers: { Cookie: this.Cookie }, signal: this.abort.signal });
    let rest = '';
    for await (const text of body.pipeThrough(new TextDecoderStream())) {
      const events = (rest + text).split('\n\n');
      rest = events.pop();
      for (const event of events) await this.event(event);
    }
  }

  async event(text) {
    const field = (name) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(text)?.[1];
    const data = JSON.parse(field('data') ?? 'null');
    if (field('event') === 'session.changes') this.take(data);
    else if (field('event') === 'session.updated' && data.sessionId === this.id && data.revision > this.revision)
      this.take(await this.read('get_session_with_metadata', { since: this.revision }));
  }

  close() {
    this.ended = true;
    this.abort?.abort();
  }

  /** What the peer's `agent.get` answers. */
  agent() {
    const { session: s, metadata: m } = this;
    return {
      id: s.id,
      prompt: s.prompt,
      title: s.title,
      status: STATUS[s.status] ?? s.status,
      startedAt: s.startedAt ?? s.createdAt,
      worktreePath: s.worktree.path,
      worktreeBranch: s.worktree.branch,
      githubRepo: { owner: 'local', repo: s.repo },
      agentType: s.agent,
      model: s.model ?? '',
      tokensUsed: { input: m.tokens.input ?? 0, output: m.tokens.output ?? 0 },
      taskPath: '',
      sourceFile: '',
      sourceLine: 0,
      output: this.output,
    };
  }

  /** What the peer's `getSessionWithMetadata` answers besides. */
  meta() {
    const { metadata: m } = this;
    const of = (kind) => m.tools.byKind[kind] ?? 0;
    return {
      contextWindow: { estimatedTokens: m.tokens.used ?? 0, modelLimit: m.tokens.size ?? 0, utilizationPercent: 0 },
      toolStats: { totalCalls: m.tools.total, byType: { read: of('read'), write: of('edit'), execute: of('execute') } },
      outputMetrics: {
        textChunks: m.replies,
        toolResultChunks: m.tools.total,
        errorChunks: m.errors,
        totalCharacters: m.outputBytes,
        estimatedOutputTokens: m.outputBytes >> 2,
      },
      duration: m.durationMs,
      messageCount: m.prompts + m.replies,
    };
  }
}
