// The thread: a plain keyed list up to 500 entries, a virtual list above. Rows are memoised; both follow the end.
import { memo, useLayoutEffect, useRef } from 'react'
import { useVirtualizer } from '@tanstack/react-virtual'

export const Thread = memo(function Thread({ entries }) {
  const list = useRef(entries.length > 500 ? VirtualList : PlainList) // the kind is fixed for the page's life
  const List = list.current
  return <List entries={entries} />
})

function PlainList({ entries }) {
  const box = useRef(null)
  useLayoutEffect(() => {
    box.current.scrollTop = box.current.scrollHeight
  }, [entries.length])
  return (
    <div className="thread" data-testid="thread" ref={box}>
      {entries.map((e, i) => <Entry key={e.id} entry={e} seq={i + 1} />)}
    </div>
  )
}

const SIZE = { text: 170, tool_use: 150, tool_result: 90, diff: 370 }

function VirtualList({ entries }) {
  const box = useRef(null)
  const v = useVirtualizer({
    count: entries.length,
    getScrollElement: () => box.current,
    estimateSize: (i) => SIZE[entries[i].type],
    overscan: 6,
  })
  useLayoutEffect(() => {
    v.scrollToIndex(entries.length - 1, { align: 'end' })
  }, [v, entries.length])
  const items = v.getVirtualItems()
  return (
    <div className="thread" data-testid="thread" ref={box}>
      <div style={{ height: v.getTotalSize(), position: 'relative' }}>
        <div style={{ position: 'absolute', insetInline: 0, top: 0, transform: `translateY(${items[0]?.start ?? 0}px)` }}>
          {items.map((it) => (
            <div key={it.key} data-index={it.index} ref={v.measureElement}>
              <Entry entry={entries[it.index]} seq={it.index + 1} />
            </div>
          ))}
        </div>
      </div>
    </div>
  )
}

const Entry = memo(function Entry({ entry, seq }) {
  return (
    <article className={`entry ${entry.type}`} data-testid="thread-entry" data-seq={seq} data-kind={entry.type}>
      <time>{entry.timestamp.slice(11, 19)}</time>
      <Body entry={entry} />
    </article>
  )
})

function Body({ entry }) {
  if (entry.type === 'tool_use') {
    const { name, input } = JSON.parse(entry.content)
    return <><b>{name}</b><pre>{JSON.stringify(input, null, 2)}</pre></>
  }
  if (entry.type === 'diff') {
    return (
      <pre className="lines">
        {entry.content.split('\n').map((l, i) => <div key={i} className={l[0] === '+' ? 'add' : l[0] === '-' ? 'del' : undefined}>{l}</div>)}
      </pre>
    )
  }
  return <p>{entry.content}</p>
}
