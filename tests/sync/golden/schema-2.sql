CREATE TABLE changes (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  kind TEXT NOT NULL,
  uuid TEXT,
  version TEXT,
  path TEXT NOT NULL,
  checksum TEXT
);
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
  metadata TEXT NOT NULL,
  input_schema TEXT,
  output_schema TEXT,
  script TEXT NOT NULL,
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
);
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
CREATE INDEX tasks_in_conflict ON tasks (path) WHERE conflict IS NOT NULL;
CREATE INDEX tasks_invalid ON tasks (path) WHERE valid = 0;
CREATE INDEX tasks_live_by_path ON tasks (path) WHERE removed_at IS NULL;
