-- The shape of the store on PostgreSQL: the tables of SQLite's migrations 1 to 3, threads partitioned.
CREATE TABLE counter (id BIGINT PRIMARY KEY CHECK (id = 1), n BIGINT NOT NULL);
INSERT INTO counter (id, n) VALUES (1, 0);

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
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
  created_at BIGINT NOT NULL,
  started_at BIGINT,
  completed_at BIGINT,
  updated_at BIGINT NOT NULL,
  last_activity_at BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  worktree_revision BIGINT NOT NULL DEFAULT 0,
  agent_alive BOOLEAN NOT NULL DEFAULT FALSE,
  owner_id TEXT NOT NULL,
  node_id TEXT NOT NULL,
  epoch BIGINT NOT NULL DEFAULT 0,
  resumable BOOLEAN NOT NULL DEFAULT FALSE,
  queue TEXT NOT NULL DEFAULT '[]',
  pending_approvals TEXT NOT NULL DEFAULT '[]',
  entry_count BIGINT NOT NULL DEFAULT 0,
  tail_from BIGINT NOT NULL DEFAULT 0,
  last_line TEXT NOT NULL DEFAULT '',
  changed_files BIGINT NOT NULL DEFAULT 0,
  metadata TEXT NOT NULL DEFAULT '{}',
  agent_state TEXT NOT NULL DEFAULT '{}',
  agent_state_revision BIGINT NOT NULL DEFAULT 0,
  acp_session TEXT,
  run TEXT,
  outbox TEXT,
  cancelling BOOLEAN NOT NULL DEFAULT FALSE,
  applied_n BIGINT NOT NULL DEFAULT 0,
  deleted_at BIGINT,
  change BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX sessions_change ON sessions (change);
CREATE INDEX sessions_list ON sessions (owner_id, deleted_at, last_activity_at DESC);
CREATE INDEX sessions_alive ON sessions (created_at) WHERE deleted_at IS NULL;

CREATE TABLE entries (
  session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  seq BIGINT NOT NULL,
  key TEXT NOT NULL DEFAULT replace(gen_random_uuid()::text, '-', ''),
  kind TEXT NOT NULL,
  turn BIGINT NOT NULL DEFAULT 0,
  at BIGINT NOT NULL DEFAULT 0,
  revision BIGINT NOT NULL DEFAULT 0,
  body TEXT NOT NULL,
  PRIMARY KEY (session_id, seq)
) PARTITION BY HASH (session_id);
CREATE UNIQUE INDEX entries_key ON entries (session_id, key);
CREATE INDEX entries_revision ON entries (session_id, revision);
DO $$
BEGIN
  FOR part IN 0..15 LOOP
    EXECUTE format(
      'CREATE TABLE entries_%s PARTITION OF entries FOR VALUES WITH (MODULUS 16, REMAINDER %s)',
      lpad(part::text, 2, '0'), part);
  END LOOP;
END $$;

CREATE TABLE removed (id TEXT NOT NULL, change BIGINT NOT NULL);
CREATE INDEX removed_change ON removed (change);

CREATE TABLE commands (
  client_id TEXT PRIMARY KEY,
  function TEXT NOT NULL,
  args_hash TEXT NOT NULL,
  session_id TEXT,
  answer TEXT NOT NULL,
  at BIGINT NOT NULL
);

CREATE TABLE login_tokens (hash TEXT PRIMARY KEY, expires_at BIGINT NOT NULL);
CREATE INDEX login_tokens_expires ON login_tokens (expires_at);
CREATE TABLE logins (
  hash TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL
);

CREATE TABLE flags (
  name TEXT PRIMARY KEY,
  arm TEXT NOT NULL,
  percent BIGINT NOT NULL,
  allow TEXT NOT NULL,
  killed BOOLEAN NOT NULL,
  epoch BIGINT NOT NULL
);

CREATE TABLE config (id BIGINT PRIMARY KEY CHECK (id = 1), n BIGINT NOT NULL, settings TEXT NOT NULL);
INSERT INTO config (id, n, settings) VALUES (1, 0, '');

CREATE TABLE attachments (
  id TEXT NOT NULL,
  owner TEXT NOT NULL,
  name TEXT NOT NULL,
  mime TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (id, owner)
);
CREATE INDEX attachments_at ON attachments (at);

CREATE TABLE attachment_uses (
  session_id TEXT NOT NULL,
  attachment_id TEXT NOT NULL,
  PRIMARY KEY (session_id, attachment_id)
);
CREATE INDEX attachment_uses_attachment ON attachment_uses (attachment_id);

-- A change from outside that does not raise the revision is made to raise it. Triggers act on what
-- a statement does by itself, not on what another trigger does, nor on a store that is moved here.
CREATE FUNCTION is_outside() RETURNS BOOLEAN LANGUAGE sql STABLE AS
  $$ SELECT pg_trigger_depth() = 0 AND current_setting('heddle.moving', true) IS DISTINCT FROM 'on' $$;
CREATE FUNCTION next_change() RETURNS BIGINT LANGUAGE sql AS
  $$ UPDATE counter SET n = n + 1 RETURNING n $$;
CREATE FUNCTION now_ms() RETURNS BIGINT LANGUAGE sql AS
  $$ SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint $$;

CREATE FUNCTION sessions_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE sessions SET change = next_change() WHERE id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER sessions_insert AFTER INSERT ON sessions FOR EACH ROW
  WHEN (NEW.change = 0 AND is_outside()) EXECUTE FUNCTION sessions_inserted();

CREATE FUNCTION sessions_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE sessions SET revision = greatest(NEW.revision, OLD.revision + 1), change = next_change(),
    updated_at = now_ms() WHERE id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER sessions_update AFTER UPDATE ON sessions FOR EACH ROW
  WHEN (NEW.change = OLD.change AND is_outside()) EXECUTE FUNCTION sessions_updated();

CREATE FUNCTION sessions_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO removed (id, change) VALUES (OLD.id, next_change());
  RETURN NULL;
END $$;
CREATE TRIGGER sessions_delete AFTER DELETE ON sessions FOR EACH ROW
  EXECUTE FUNCTION sessions_deleted();

CREATE FUNCTION entries_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE known BIGINT;
BEGIN
  SELECT revision INTO known FROM sessions WHERE id = NEW.session_id FOR UPDATE;
  IF NEW.revision > known THEN
    RETURN NULL;
  END IF;
  UPDATE sessions SET revision = known + 1, change = next_change(), updated_at = now_ms(),
    entry_count = (SELECT count(*) FROM entries WHERE session_id = NEW.session_id)
    WHERE id = NEW.session_id;
  UPDATE entries SET revision = known + 1 WHERE session_id = NEW.session_id AND seq = NEW.seq;
  RETURN NULL;
END $$;
CREATE TRIGGER entries_insert AFTER INSERT ON entries FOR EACH ROW
  WHEN (is_outside()) EXECUTE FUNCTION entries_inserted();

CREATE FUNCTION entries_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE risen BIGINT;
BEGIN
  UPDATE sessions SET revision = revision + 1, change = next_change(), updated_at = now_ms()
    WHERE id = NEW.session_id RETURNING revision INTO risen;
  UPDATE entries SET revision = risen WHERE session_id = NEW.session_id AND seq = NEW.seq;
  RETURN NULL;
END $$;
CREATE TRIGGER entries_update AFTER UPDATE ON entries FOR EACH ROW
  WHEN (NEW.revision = OLD.revision AND is_outside()) EXECUTE FUNCTION entries_updated();

-- Entries that go with their session are told by the session's own trigger.
CREATE FUNCTION entries_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE sessions SET revision = revision + 1, tail_from = revision + 1, change = next_change(),
    updated_at = now_ms(),
    entry_count = (SELECT count(*) FROM entries WHERE session_id = OLD.session_id)
    WHERE id = OLD.session_id;
  RETURN NULL;
END $$;
CREATE TRIGGER entries_delete AFTER DELETE ON entries FOR EACH ROW
  WHEN (is_outside()) EXECUTE FUNCTION entries_deleted();

CREATE FUNCTION flags_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE config SET n = n + 1;
  RETURN NULL;
END $$;
CREATE TRIGGER flags_change AFTER INSERT OR UPDATE OR DELETE ON flags FOR EACH ROW
  WHEN (is_outside()) EXECUTE FUNCTION flags_changed();

-- Whoever listens is woken at the commit; what was missed is found by asking the counters.
CREATE FUNCTION told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('heddle_change', '');
  RETURN NULL;
END $$;
CREATE TRIGGER counter_told AFTER UPDATE ON counter FOR EACH STATEMENT EXECUTE FUNCTION told();
CREATE TRIGGER config_told AFTER UPDATE ON config FOR EACH STATEMENT EXECUTE FUNCTION told();

-- Where a store that was moved here came from, and whether all of it arrived.
CREATE TABLE moved (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  source TEXT NOT NULL,
  is_done BOOLEAN NOT NULL
);
