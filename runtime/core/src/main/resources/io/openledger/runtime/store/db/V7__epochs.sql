-- form 1: a tree over ol_epoch_leaves in the order of the leaves' hashes, with all leaves in every
-- epoch. form 2: an account keeps its place, and ol_epoch_leaves has only those that an epoch changed;
-- an account's amount as of an epoch is its greatest up to there, because none ever falls.
-- data_digest is the SHA-256 of the published amounts; it was not taken in form 1.
ALTER TABLE ol_epochs ADD COLUMN form INTEGER DEFAULT 1 NOT NULL;
-- a node of an older release, which would close an epoch of form 1 on top, is refused
ALTER TABLE ol_epochs ALTER COLUMN form DROP DEFAULT;
ALTER TABLE ol_epochs ADD COLUMN data_digest VARCHAR(64);

-- The first epoch of form 2 that was closed with the account's address known: up to its head all of
-- the account's lines count, later epochs add the lines of their own receipts. NULL: in none yet.
ALTER TABLE ol_accounts ADD COLUMN counted_epoch BIGINT;
CREATE INDEX ol_accounts_counted ON ol_accounts (counted_epoch);

-- What was handed to the chain for the epochs first_epoch to epoch, and what the chain last said of it.
CREATE TABLE ol_epoch_postings (
  business_key VARCHAR(200) NOT NULL PRIMARY KEY,
  kind VARCHAR(16) NOT NULL CHECK (kind IN ('ROOT', 'RECEIPTS')),
  first_epoch BIGINT NOT NULL,
  epoch BIGINT NOT NULL REFERENCES ol_epochs (epoch),
  submitted_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  state VARCHAR(16) NOT NULL CHECK (state IN
      ('SUBMITTED', 'WAITING', 'ACTIVE', 'SUPERSEDED', 'CHALLENGED', 'ANCHORED', 'REVERTED', 'CANCELLED')),
  transaction_hash VARCHAR(64),
  block_number BIGINT,
  root_sequence BIGINT,
  active_at TIMESTAMP(6) WITH TIME ZONE,
  detail VARCHAR(1000),
  changed_at TIMESTAMP(6) WITH TIME ZONE NOT NULL
);
CREATE INDEX ol_epoch_postings_epoch ON ol_epoch_postings (kind, epoch);
CREATE INDEX ol_epoch_postings_state ON ol_epoch_postings (state);
