-- One schema for H2 (default mode) and PostgreSQL. Names of rows that transactions queue for:
CREATE TABLE ol_locks (
  name VARCHAR(32) NOT NULL PRIMARY KEY
);
INSERT INTO ol_locks (name) VALUES ('accounts');
INSERT INTO ol_locks (name) VALUES ('chain');
INSERT INTO ol_locks (name) VALUES ('datanets');
INSERT INTO ol_locks (name) VALUES ('epoch');
INSERT INTO ol_locks (name) VALUES ('policies');

-- uid tells a datanet from another of the same name in another database; frontier is the right edge
-- of the Merkle tree over all acceptances, so that the next leaf needs none of the others.
CREATE TABLE ol_datanets (
  id VARCHAR(64) NOT NULL PRIMARY KEY,
  uid VARCHAR(36) NOT NULL,
  title VARCHAR(200) NOT NULL,
  description VARCHAR(4000) NOT NULL,
  visibility VARCHAR(16) NOT NULL CHECK (visibility IN ('PUBLIC', 'PERMISSIONED')),
  owner_kind VARCHAR(16) NOT NULL,
  owner_name VARCHAR(200) NOT NULL,
  created_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  version BIGINT NOT NULL,
  accepted BIGINT NOT NULL,
  active BIGINT NOT NULL,
  frontier VARCHAR(4096) NOT NULL,
  root VARCHAR(64) NOT NULL,
  CHECK (active >= 0 AND active <= accepted AND version = accepted + accepted - active)
);

CREATE TABLE ol_grants (
  datanet VARCHAR(64) NOT NULL REFERENCES ol_datanets (id),
  grantee_kind VARCHAR(16) NOT NULL,
  grantee_name VARCHAR(200) NOT NULL,
  rights VARCHAR(100) NOT NULL,
  expires TIMESTAMP(6) WITH TIME ZONE,
  granted_by VARCHAR(220) NOT NULL,
  granted_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  PRIMARY KEY (datanet, grantee_kind, grantee_name)
);

-- Accounts that are known before they have entries, and where they are paid. An address is set once:
-- cumulative trees never take an amount away from an address.
CREATE TABLE ol_accounts (
  account_kind VARCHAR(16) NOT NULL,
  account_name VARCHAR(200) NOT NULL,
  address VARCHAR(42),
  PRIMARY KEY (account_kind, account_name)
);

-- active_sha256 repeats sha256 while the contribution is active and is NULL afterwards: the unique
-- constraint on it is a partial index in words that every database knows.
CREATE TABLE ol_contributions (
  datanet VARCHAR(64) NOT NULL REFERENCES ol_datanets (id),
  sequence_number BIGINT NOT NULL CHECK (sequence_number >= 1),
  contribution_key VARCHAR(200),
  title VARCHAR(300) NOT NULL,
  sha256 VARCHAR(64) NOT NULL,
  active_sha256 VARCHAR(64),
  media_type VARCHAR(64) NOT NULL,
  characters INTEGER NOT NULL CHECK (characters >= 1),
  licence VARCHAR(128) NOT NULL,
  source VARCHAR(1000),
  language VARCHAR(35),
  made_on DATE,
  purposes VARCHAR(40) NOT NULL,
  accepted_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  accepted_by VARCHAR(220) NOT NULL,
  salt VARCHAR(32) NOT NULL,
  commitment VARCHAR(64) NOT NULL,
  status VARCHAR(16) NOT NULL,
  retracted_at TIMESTAMP(6) WITH TIME ZONE,
  retraction_reason VARCHAR(1000),
  content TEXT NOT NULL,
  PRIMARY KEY (datanet, sequence_number),
  UNIQUE (datanet, contribution_key),
  UNIQUE (datanet, active_sha256),
  CHECK ((status = 'ACTIVE' AND active_sha256 = sha256 AND retracted_at IS NULL)
      OR (status = 'RETRACTED' AND active_sha256 IS NULL AND retracted_at IS NOT NULL))
);

CREATE TABLE ol_shares (
  datanet VARCHAR(64) NOT NULL,
  sequence_number BIGINT NOT NULL,
  place INTEGER NOT NULL,
  contributor VARCHAR(64) NOT NULL,
  basis_points INTEGER NOT NULL CHECK (basis_points BETWEEN 1 AND 10000),
  PRIMARY KEY (datanet, sequence_number, contributor),
  UNIQUE (datanet, sequence_number, place),
  FOREIGN KEY (datanet, sequence_number) REFERENCES ol_contributions (datanet, sequence_number)
);
CREATE INDEX ol_shares_contributor ON ol_shares (contributor, datanet, sequence_number);

-- The journal of a datanet: one row a version. root is the tree's after the change.
CREATE TABLE ol_changes (
  datanet VARCHAR(64) NOT NULL REFERENCES ol_datanets (id),
  version BIGINT NOT NULL CHECK (version >= 1),
  kind VARCHAR(16) NOT NULL CHECK (kind IN ('ACCEPT', 'RETRACT')),
  sequence_number BIGINT NOT NULL,
  root VARCHAR(64) NOT NULL,
  changed_by VARCHAR(220) NOT NULL,
  changed_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  PRIMARY KEY (datanet, version)
);

-- A row says that the contribution was compared with the earlier ones; owner_sequence, that it
-- repeats that one, which is itself no repetition. No foreign key: the row may be written while a
-- transaction that retracts the contribution is open.
CREATE TABLE ol_near_duplicates (
  datanet VARCHAR(64) NOT NULL,
  sequence_number BIGINT NOT NULL,
  owner_sequence BIGINT,
  PRIMARY KEY (datanet, sequence_number),
  CHECK (owner_sequence IS NULL OR owner_sequence < sequence_number)
);

CREATE TABLE ol_policies (
  name VARCHAR(64) NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  hash VARCHAR(64) NOT NULL,
  since TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  PRIMARY KEY (name, version)
);

-- body is the canonical JSON that hash is the SHA-256 of.
CREATE TABLE ol_receipts (
  id VARCHAR(36) NOT NULL PRIMARY KEY,
  ordinal BIGINT GENERATED ALWAYS AS IDENTITY,
  payer VARCHAR(220) NOT NULL,
  answered_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  hash VARCHAR(64) NOT NULL,
  body TEXT NOT NULL,
  answer TEXT
);

CREATE TABLE ol_unsealed (
  receipt VARCHAR(36) NOT NULL PRIMARY KEY REFERENCES ol_receipts (id)
);

CREATE TABLE ol_links (
  link_number BIGINT NOT NULL PRIMARY KEY CHECK (link_number >= 1),
  receipt VARCHAR(36) NOT NULL UNIQUE REFERENCES ol_receipts (id),
  previous VARCHAR(64) NOT NULL UNIQUE,
  link VARCHAR(64) NOT NULL UNIQUE
);

-- Append only. The lines of one transaction_id add up to zero.
CREATE TABLE ol_entries (
  entry_number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  transaction_id VARCHAR(36) NOT NULL,
  account_kind VARCHAR(16) NOT NULL,
  account_name VARCHAR(200) NOT NULL,
  amount DECIMAL(78, 0) NOT NULL CHECK (amount <> 0),
  fee_role VARCHAR(32) NOT NULL,
  receipt VARCHAR(36) REFERENCES ol_receipts (id),
  datanet VARCHAR(64),
  sequence_number BIGINT,
  written_at TIMESTAMP(6) WITH TIME ZONE NOT NULL
);
CREATE INDEX ol_entries_account ON ol_entries (account_kind, account_name, entry_number);
CREATE INDEX ol_entries_receipt ON ol_entries (receipt);

-- An epoch covers the receipts of links 1 to head_number.
CREATE TABLE ol_epochs (
  epoch BIGINT NOT NULL PRIMARY KEY CHECK (epoch >= 1),
  closed_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  root VARCHAR(64) NOT NULL,
  leaves INTEGER NOT NULL,
  total DECIMAL(88, 0) NOT NULL,
  head_number BIGINT NOT NULL,
  receipt_head VARCHAR(64) NOT NULL
);

CREATE TABLE ol_epoch_leaves (
  epoch BIGINT NOT NULL REFERENCES ol_epochs (epoch),
  address VARCHAR(42) NOT NULL,
  cumulative DECIMAL(78, 0) NOT NULL CHECK (cumulative > 0),
  PRIMARY KEY (epoch, address)
);
