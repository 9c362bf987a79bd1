// Markup shared by both designs.
import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { trpc } from './api.js'
import { Thread } from './thread.jsx'

const num = new Intl.NumberFormat('en')
const clock = (iso) => iso.slice(11, 19)

export function PageView({ session, error, sidebar }) {
  const [wrap, setWrap] = useState(true)
  if (error && !session) return <p role="alert">{error.message}</p>
  return (
    <div className="page">
      <main className={wrap ? 'main' : 'main nowrap'}>
        {session ? (
          <>
            <header className="head">
              <h1 data-testid="session-title">{session.title}</h1>
              <span className="badge" data-testid="session-status" data-status={session.status}>{session.status}</span>
              <button data-testid="wrap-toggle" aria-pressed={wrap} onClick={() => setWrap(!wrap)}>Wrap lines</button>
            </header>
            <Thread entries={session.output} />
          </>
        ) : (
          <p>Loading session…</p>
        )}
      </main>
      {sidebar}
    </div>
  )
}

function Row({ label, children }) {
  return (
    <div className="row">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}

export function SidebarView({ session: s, metadata: m, children }) {
  const { contextWindow: c, toolStats: t, outputMetrics: o } = m
  return (
    <aside className="sidebar" data-testid="thread-sidebar">
      <h2>Status</h2>
      <dl>
        <Row label="Status">{s.status}</Row>
        <Row label="Agent">{s.agentType}</Row>
        <Row label="Model">{s.model}</Row>
        <Row label="Session">{s.id}</Row>
        <Row label="Started">{clock(s.startedAt)}</Row>
        <Row label="Duration">{Math.round(m.duration / 1000)} s</Row>
        <Row label="Task">{s.taskPath}</Row>
        <Row label="Source">{s.sourceFile}:{s.sourceLine}</Row>
        <Row label="Repository">{s.githubRepo.owner}/{s.githubRepo.repo}</Row>
      </dl>
      <h2>Context</h2>
      <meter min="0" max="100" value={c.utilizationPercent} />
      <dl>
        <Row label="Used">{num.format(c.estimatedTokens)}</Row>
        <Row label="Limit">{num.format(c.modelLimit)}</Row>
        <Row label="Remaining">{num.format(c.modelLimit - c.estimatedTokens)}</Row>
        <Row label="Utilization">{c.utilizationPercent} %</Row>
        <Row label="Tokens in">{num.format(s.tokensUsed.input)}</Row>
        <Row label="Tokens out">{num.format(s.tokensUsed.output)}</Row>
      </dl>
      <h2>Tools and output</h2>
      <dl>
        <Row label="Tool calls">{t.totalCalls}</Row>
        <Row label="Read">{t.byType.read}</Row>
        <Row label="Write">{t.byType.write}</Row>
        <Row label="Execute">{t.byType.execute}</Row>
        <Row label="Text chunks">{o.textChunks}</Row>
        <Row label="Tool results">{o.toolResultChunks}</Row>
        <Row label="Errors">{o.errorChunks}</Row>
        <Row label="Characters">{num.format(o.totalCharacters)}</Row>
        <Row label="Output tokens">{num.format(o.estimatedOutputTokens)}</Row>
        <Row label="Messages">{m.messageCount}</Row>
      </dl>
      {children}
    </aside>
  )
}

const MARK = { added: '+', untracked: '+', modified: '~', deleted: '−' }

export function GitView({ sessionId, branch, worktree }) {
  const { data: git } = useQuery(trpc.git.status.queryOptions({ id: sessionId }))
  const [selected, setSelected] = useState(() => new Set())
  const [message, setMessage] = useState('')
  const toggle = (f) => setSelected((old) => {
    const next = new Set(old)
    if (!next.delete(f)) next.add(f)
    return next
  })
  const files = git ? [...git.staged, ...git.modified, ...git.untracked.map((file) => ({ file, status: 'untracked' }))] : []
  return (
    <section className="git" data-testid="git-section">
      <h2>Git</h2>
      <dl>
        <Row label="Branch">{branch ?? git?.branch}{worktree && <span className="badge">WT</span>}</Row>
        <Row label="Staged">{git?.staged.length}</Row>
        <Row label="Modified">{git?.modified.length}</Row>
        <Row label="Untracked">{git?.untracked.length}</Row>
      </dl>
      <ul>
        {files.map(({ file, status }) => (
          <li key={file} data-testid="changed-file" data-path={file}>
            <label>
              <input type="checkbox" checked={selected.has(file)} onChange={() => toggle(file)} />
              <b className={status}>{MARK[status]}</b> {file}
            </label>
          </li>
        ))}
      </ul>
      <textarea placeholder="Commit message" value={message} onChange={(e) => setMessage(e.target.value)} />
      <button disabled={!selected.size || !message}>Commit {selected.size} files</button>
    </section>
  )
}
