-- The counter of everything that changes an otherwise unchanged page: flags and sync settings.
CREATE TABLE config (id INTEGER PRIMARY KEY CHECK (id = 1), n INTEGER NOT NULL, settings TEXT NOT NULL) STRICT;
INSERT INTO config (id, n, settings) VALUES (1, 0, '');

CREATE TRIGGER flags_insert AFTER INSERT ON flags BEGIN UPDATE config SET n = n + 1; END;
CREATE TRIGGER flags_update AFTER UPDATE ON flags BEGIN UPDATE config SET n = n + 1; END;
CREATE TRIGGER flags_delete AFTER DELETE ON flags BEGIN UPDATE config SET n = n + 1; END;
