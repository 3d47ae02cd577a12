-- Several servers may share this store. A change of an adapter takes the next number, under the lock
-- 'adapters'; who changes names the revision that it saw, and the others learn by the numbers what changed.
ALTER TABLE ol_adapters ADD COLUMN revision BIGINT DEFAULT 0 NOT NULL;
-- Of an upload's files; what an owner may store is counted over them.
ALTER TABLE ol_adapters ADD COLUMN stored_bytes BIGINT DEFAULT 0 NOT NULL;
CREATE INDEX ol_adapters_by_owner ON ol_adapters (owner);
CREATE TABLE ol_adapter_changes (last_change BIGINT NOT NULL);
INSERT INTO ol_adapter_changes (last_change) VALUES (0);
