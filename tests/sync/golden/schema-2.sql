CREATE TABLE changes (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  kind TEXT NOT NULL,
  uuid TEXT,
  version TEXT,
  path TEXT NOT NULL,
  checksum TEXT
);
CREATE TABLE coverage (
  source TEXT NOT NULL,
  directory TEXT NOT NULL,
  mode TEXT NOT NULL,
  reason TEXT NOT NULL,
  directories INTEGER NOT NULL,
  os_error INTEGER NOT NULL,
  since TEXT NOT NULL,
  PRIMARY KEY (source, directory, mode, reason)
) WITHOUT ROWID;
CREATE TABLE edited (id INTEGER PRIMARY KEY);
CREATE TABLE problems (
  path TEXT NOT NULL PRIMARY KEY,
  source TEXT NOT NULL,
  kind TEXT NOT NULL,
  uuid TEXT,
  version TEXT,
  label TEXT,
  description TEXT,
  tags TEXT,
  checksum TEXT,
  other_path TEXT,
  errors TEXT NOT NULL,
  stamp INTEGER NOT NULL,
  at TEXT NOT NULL
);
CREATE VIEW revision_bodies AS
SELECT r.id, iif(r.script IS NULL, t.metadata, r.metadata) AS metadata,
  iif(r.script IS NULL, t.input_schema, r.input_schema) AS input_schema,
  iif(r.script IS NULL, t.output_schema, r.output_schema) AS output_schema,
  iif(r.script IS NULL, t.script, r.script) AS script
FROM revisions r LEFT JOIN tasks t
  ON r.script IS NULL AND t.uuid = r.uuid AND t.version = r.version;
CREATE TABLE revisions (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL,
  number INTEGER NOT NULL,
  version TEXT NOT NULL,
  checksum TEXT NOT NULL,
  origin TEXT NOT NULL,
  at TEXT NOT NULL,
  label TEXT NOT NULL,
  description TEXT NOT NULL,
  tags TEXT NOT NULL,
  metadata TEXT,
  input_schema TEXT,
  output_schema TEXT,
  script TEXT,
  UNIQUE (uuid, number)
);
CREATE TABLE sources (
  name TEXT NOT NULL PRIMARY KEY,
  root TEXT NOT NULL,
  root_device TEXT NOT NULL,
  root_inode TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  since TEXT NOT NULL,
  directories INTEGER NOT NULL,
  files INTEGER NOT NULL,
  native INTEGER NOT NULL,
  polled INTEGER NOT NULL,
  last_scan_at TEXT
, poll_interval_ms INTEGER NOT NULL DEFAULT 0, poll_wanted_ms INTEGER NOT NULL DEFAULT 0);
CREATE TABLE "tasks" (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL,
  version TEXT NOT NULL,
  label TEXT NOT NULL,
  description TEXT NOT NULL,
  tags TEXT NOT NULL,
  source TEXT NOT NULL,
  path TEXT NOT NULL,
  checksum TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  enabled_before INTEGER,
  valid INTEGER NOT NULL,
  errors TEXT,
  stamp INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  validated_at TEXT,
  removed_at TEXT,
  content_hash INTEGER,
  conflict TEXT,
  conflict_at TEXT,
  conflict_revision INTEGER,
  metadata TEXT NOT NULL,
  input_schema TEXT,
  output_schema TEXT,
  script TEXT NOT NULL,
  UNIQUE (uuid, version)
);
CREATE TRIGGER tasks_deleted BEFORE DELETE ON tasks
BEGIN
  UPDATE revisions SET metadata = OLD.metadata, input_schema = OLD.input_schema,
    output_schema = OLD.output_schema, script = OLD.script
  WHERE uuid = OLD.uuid AND version = OLD.version AND checksum = OLD.checksum AND origin = 'disk'
    AND script IS NULL;
END;
CREATE TRIGGER tasks_edited
AFTER UPDATE OF label, description, tags, metadata, input_schema, output_schema, script ON tasks
WHEN NEW.content_hash IS OLD.content_hash AND (NEW.label IS NOT OLD.label
  OR NEW.description IS NOT OLD.description OR NEW.tags IS NOT OLD.tags
  OR NEW.metadata IS NOT OLD.metadata OR NEW.input_schema IS NOT OLD.input_schema
  OR NEW.output_schema IS NOT OLD.output_schema OR NEW.script IS NOT OLD.script)
BEGIN
  INSERT OR IGNORE INTO edited (id) VALUES (NEW.id);
END;
CREATE INDEX tasks_in_conflict ON tasks (path) WHERE conflict IS NOT NULL;
CREATE INDEX tasks_invalid ON tasks (path) WHERE valid = 0;
CREATE INDEX tasks_live ON tasks (path, id, uuid, version, label, description, tags, source,
  checksum, enabled, valid, errors, stamp, conflict, conflict_revision) WHERE removed_at IS NULL;
CREATE TRIGGER tasks_overwritten
BEFORE UPDATE OF label, description, tags, metadata, input_schema, output_schema, script ON tasks
WHEN NEW.label IS NOT OLD.label OR NEW.description IS NOT OLD.description
  OR NEW.tags IS NOT OLD.tags OR NEW.metadata IS NOT OLD.metadata
  OR NEW.input_schema IS NOT OLD.input_schema OR NEW.output_schema IS NOT OLD.output_schema
  OR NEW.script IS NOT OLD.script
BEGIN
  UPDATE revisions SET metadata = OLD.metadata, input_schema = OLD.input_schema,
    output_schema = OLD.output_schema, script = OLD.script
  WHERE uuid = OLD.uuid AND version = OLD.version AND checksum = OLD.checksum AND origin = 'disk'
    AND script IS NULL;
END;
CREATE INDEX tasks_without_hash ON tasks (id) WHERE content_hash IS NULL;
