-- What is known of adapters beyond their folders: those that were uploaded, and those of the adapters'
-- directory that are not as their folder alone would have them (public, not pinned, version 1).
-- folder names the version's folder of an upload and is empty for one of the adapters' directory.
-- registered is FALSE for a folder of that directory that was taken away.
CREATE TABLE ol_adapters (
  name VARCHAR(64) NOT NULL PRIMARY KEY,
  origin VARCHAR(16) NOT NULL CHECK (origin IN ('FOLDER', 'UPLOAD')),
  folder VARCHAR(36) NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  owner VARCHAR(220) NOT NULL,
  builder VARCHAR(200),
  registered BOOLEAN NOT NULL,
  pinned BOOLEAN NOT NULL,
  changed_by VARCHAR(220) NOT NULL,
  changed_at TIMESTAMP(6) WITH TIME ZONE NOT NULL
);

-- Who but the owner may ask an adapter; tenant is '*' for everybody.
CREATE TABLE ol_adapter_grants (
  adapter VARCHAR(64) NOT NULL REFERENCES ol_adapters (name),
  tenant VARCHAR(220) NOT NULL,
  PRIMARY KEY (adapter, tenant)
);
INSERT INTO ol_locks (name) VALUES ('adapters');
