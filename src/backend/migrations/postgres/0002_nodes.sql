-- The nodes that share this store, and commands for sessions of other nodes.
CREATE TABLE nodes (
  name TEXT PRIMARY KEY,
  home TEXT NOT NULL,
  url TEXT,
  labels TEXT NOT NULL,
  capacity BIGINT NOT NULL,
  live BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  lease_until BIGINT NOT NULL
);
CREATE INDEX sessions_node ON sessions (node_id) WHERE deleted_at IS NULL;

CREATE TABLE asks (
  client_id TEXT PRIMARY KEY,
  session_id TEXT NOT NULL,
  wish TEXT NOT NULL,
  at BIGINT NOT NULL,
  answer TEXT
);
CREATE INDEX asks_open ON asks (at) WHERE answer IS NULL;

-- Whoever listens is woken by a command for another node, and by its answer.
CREATE FUNCTION asked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('heddle_change', 'ask');
  RETURN NULL;
END $$;
CREATE TRIGGER asks_told AFTER INSERT OR UPDATE ON asks FOR EACH STATEMENT EXECUTE FUNCTION asked();
