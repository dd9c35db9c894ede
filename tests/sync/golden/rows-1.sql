INSERT INTO tasks (id, uuid, version, label, description, tags, source, path, checksum, enabled,
  enabled_before, valid, errors, stamp, created_at, updated_at, validated_at, removed_at, metadata,
  input_schema, output_schema, script) VALUES
  (1, 'u-1', '1.0.0', 'One', '', '[]', 'local', '/t/1', 'c1', 0, NULL, 1, NULL, -7, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', NULL, '{}', '{}', NULL, 'return 1;'),
  (2, 'u-1', '2.0.0', 'Two', '', '[]', 'local', '/t/2', 'c2', 1, NULL, 0, '["bad"]', 8, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', NULL, NULL, '{}', NULL, NULL, 'return 2;'),
  (5, 'u-2', '1.0.0', 'Three', '', '[]', 'local', '/t/3', 'c3', 0, 1, 1, NULL, 9, '2026-01-01T00:00:00.000Z', '2026-01-02T03:04:05.678Z', NULL, '2026-01-02T03:04:05.678Z', '{}', NULL, NULL, 'return 3;');
INSERT INTO changes (seq, at, kind, uuid, version, path, checksum) VALUES
  (41, '2026-01-01T00:00:00.000Z', 'added', 'u-1', '1.0.0', '/t/1', 'c1'),
  (42, '2026-01-02T03:04:05.678Z', 'removed', 'u-2', '1.0.0', '/t/3', 'c3');
PRAGMA application_id = 1346459468;
PRAGMA user_version = 1;
PRAGMA journal_mode = WAL;
