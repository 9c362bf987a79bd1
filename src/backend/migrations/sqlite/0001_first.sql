-- The first shape of the store: sessions with their threads, commands, logins, flags.
CREATE TABLE counter (id INTEGER PRIMARY KEY CHECK (id = 1), n INTEGER NOT NULL);
INSERT INTO counter (id, n) VALUES (1, 0);

CREATE TABLE sessions (
  id TEXT PRIMARY KEY NOT NULL,
  title TEXT NOT NULL,
  prompt TEXT NOT NULL,
  agent TEXT NOT NULL,
  model TEXT,
  status TEXT NOT NULL CHECK (status IN ('pending', 'running', 'working', 'waiting_approval',
    'waiting_input', 'idle', 'completed', 'cancelled', 'failed', 'interrupted')),
  status_reason TEXT,
  error TEXT,
  repo TEXT NOT NULL,
  worktree TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  completed_at INTEGER,
  updated_at INTEGER NOT NULL,
  last_activity_at INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  worktree_revision INTEGER NOT NULL DEFAULT 0,
  agent_alive INTEGER NOT NULL DEFAULT 0,
  owner_id TEXT NOT NULL,
  node_id TEXT NOT NULL,
  epoch INTEGER NOT NULL DEFAULT 0,
  resumable INTEGER NOT NULL DEFAULT 0,
  queue TEXT NOT NULL DEFAULT '[]',
  pending_approvals TEXT NOT NULL DEFAULT '[]',
  entry_count INTEGER NOT NULL DEFAULT 0,
  tail_from INTEGER NOT NULL DEFAULT 0,
  last_line TEXT NOT NULL DEFAULT '',
  changed_files INTEGER NOT NULL DEFAULT 0,
  metadata TEXT NOT NULL DEFAULT '{}',
  agent_state TEXT NOT NULL DEFAULT '{}',
  agent_state_revision INTEGER NOT NULL DEFAULT 0,
  acp_session TEXT,
  run TEXT,
  outbox TEXT,
  cancelling INTEGER NOT NULL DEFAULT 0,
  applied_n INTEGER NOT NULL DEFAULT 0,
  deleted_at INTEGER,
  change INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX sessions_change ON sessions (change);
CREATE INDEX sessions_list ON sessions (owner_id, deleted_at, last_activity_at DESC);

CREATE TABLE entries (
  session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  key TEXT NOT NULL DEFAULT (lower(hex(randomblob(8)))),
  kind TEXT NOT NULL,
  turn INTEGER NOT NULL DEFAULT 0,
  at INTEGER NOT NULL DEFAULT 0,
  revision INTEGER NOT NULL DEFAULT 0,
  body TEXT NOT NULL,
  PRIMARY KEY (session_id, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX entries_key ON entries (session_id, key);
CREATE INDEX entries_revision ON entries (session_id, revision);

CREATE TABLE removed (id TEXT NOT NULL, change INTEGER NOT NULL) STRICT;
CREATE INDEX removed_change ON removed (change);

CREATE TABLE commands (
  client_id TEXT PRIMARY KEY NOT NULL,
  function TEXT NOT NULL,
  args_hash TEXT NOT NULL,
  session_id TEXT,
  answer TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE login_tokens (hash TEXT PRIMARY KEY NOT NULL, expires_at INTEGER NOT NULL) STRICT;
CREATE TABLE logins (
  hash TEXT PRIMARY KEY NOT NULL,
  user_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL
) STRICT;

CREATE TABLE flags (
  name TEXT PRIMARY KEY NOT NULL,
  arm TEXT NOT NULL,
  percent INTEGER NOT NULL,
  allow TEXT NOT NULL,
  killed INTEGER NOT NULL,
  epoch INTEGER NOT NULL
) STRICT;

-- A change from outside that does not raise the revision is made to raise it.
CREATE TRIGGER sessions_insert AFTER INSERT ON sessions WHEN NEW.change = 0
BEGIN
  UPDATE counter SET n = n + 1;
  UPDATE sessions SET change = (SELECT n FROM counter) WHERE id = NEW.id;
END;
CREATE TRIGGER sessions_update AFTER UPDATE ON sessions
WHEN NEW.change = OLD.change
BEGIN
  UPDATE counter SET n = n + 1;
  UPDATE sessions SET revision = max(NEW.revision, OLD.revision + 1), change = (SELECT n FROM counter),
    updated_at = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) WHERE id = NEW.id;
END;
CREATE TRIGGER sessions_delete AFTER DELETE ON sessions
BEGIN
  UPDATE counter SET n = n + 1;
  INSERT INTO removed (id, change) SELECT OLD.id, n FROM counter;
END;
CREATE TRIGGER entries_insert AFTER INSERT ON entries
WHEN NEW.revision <= (SELECT revision FROM sessions WHERE id = NEW.session_id)
BEGIN
  UPDATE counter SET n = n + 1;
  UPDATE sessions SET revision = revision + 1, change = (SELECT n FROM counter),
    entry_count = (SELECT count(*) FROM entries WHERE session_id = NEW.session_id),
    updated_at = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) WHERE id = NEW.session_id;
  UPDATE entries SET revision = (SELECT revision FROM sessions WHERE id = NEW.session_id)
    WHERE session_id = NEW.session_id AND seq = NEW.seq;
END;
CREATE TRIGGER entries_update AFTER UPDATE ON entries WHEN NEW.revision = OLD.revision
BEGIN
  UPDATE counter SET n = n + 1;
  UPDATE sessions SET revision = revision + 1, change = (SELECT n FROM counter),
    updated_at = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) WHERE id = NEW.session_id;
  UPDATE entries SET revision = (SELECT revision FROM sessions WHERE id = NEW.session_id)
    WHERE session_id = NEW.session_id AND seq = NEW.seq;
END;
CREATE TRIGGER entries_delete AFTER DELETE ON entries
WHEN EXISTS (SELECT 1 FROM sessions WHERE id = OLD.session_id)
BEGIN
  UPDATE counter SET n = n + 1;
  UPDATE sessions SET revision = revision + 1, change = (SELECT n FROM counter),
    tail_from = revision + 1,
    entry_count = (SELECT count(*) FROM entries WHERE session_id = OLD.session_id),
    updated_at = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) WHERE id = OLD.session_id;
END;
