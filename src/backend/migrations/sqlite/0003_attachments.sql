-- Images that people attach, by the SHA-256 of their bytes, and which sessions use them.
CREATE TABLE attachments (
  id TEXT NOT NULL,
  owner TEXT NOT NULL,
  name TEXT NOT NULL,
  mime TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (id, owner)
) STRICT, WITHOUT ROWID;

CREATE TABLE attachment_uses (
  session_id TEXT NOT NULL,
  attachment_id TEXT NOT NULL,
  PRIMARY KEY (session_id, attachment_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX attachment_uses_attachment ON attachment_uses (attachment_id);
