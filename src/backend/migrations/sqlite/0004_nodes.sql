-- The nodes that share this store, and commands for sessions of other nodes.
CREATE TABLE nodes (
  name TEXT PRIMARY KEY NOT NULL,
  home TEXT NOT NULL,
  url TEXT,
  labels TEXT NOT NULL,
  capacity INTEGER NOT NULL,
  live INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  lease_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_node ON sessions (node_id) WHERE deleted_at IS NULL;

CREATE TABLE asks (
  client_id TEXT PRIMARY KEY NOT NULL,
  session_id TEXT NOT NULL,
  wish TEXT NOT NULL,
  at INTEGER NOT NULL,
  answer TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX asks_open ON asks (at) WHERE answer IS NULL;
