-- What was read from the chain. A deployment is a chain and a set of contracts on it; its name is a
-- hash over both, so that rows of another chain under the same addresses are never mixed with these.
INSERT INTO ol_locks (name) VALUES ('reader');

-- How far a deployment was read: up to a block that is final. holder reads until lease_until.
CREATE TABLE ol_chain_readers (
  deployment VARCHAR(64) NOT NULL PRIMARY KEY,
  chain_id BIGINT NOT NULL,
  finalized_number BIGINT NOT NULL CHECK (finalized_number >= 0),
  finalized_hash VARCHAR(64) NOT NULL,
  finalized_time TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  holder VARCHAR(64),
  lease_until TIMESTAMP(6) WITH TIME ZONE
);

-- The blocks after that one, which the chain may still take back, without gaps.
CREATE TABLE ol_chain_blocks (
  deployment VARCHAR(64) NOT NULL REFERENCES ol_chain_readers (deployment),
  block_number BIGINT NOT NULL,
  hash VARCHAR(64) NOT NULL,
  PRIMARY KEY (deployment, block_number)
);

-- All that the contracts told, in blocks that are final or among those. A row is added with its
-- block and goes with it; what holds follows from the rows alone. subject, account and amount are
-- the arguments that are asked for, NULL where an event has none of the kind. An event named '?'
-- could not be decoded.
CREATE TABLE ol_chain_events (
  deployment VARCHAR(64) NOT NULL REFERENCES ol_chain_readers (deployment),
  block_number BIGINT NOT NULL,
  log_index INTEGER NOT NULL,
  block_hash VARCHAR(64) NOT NULL,
  block_time TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  transaction_hash VARCHAR(64) NOT NULL,
  contract VARCHAR(64) NOT NULL,
  address VARCHAR(42) NOT NULL,
  event VARCHAR(64) NOT NULL,
  subject VARCHAR(78),
  account VARCHAR(42),
  amount DECIMAL(78, 0),
  topics VARCHAR(256) NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (deployment, block_number, log_index)
);
CREATE INDEX ol_chain_events_subject
  ON ol_chain_events (deployment, contract, event, subject, block_number, log_index);
CREATE INDEX ol_chain_events_account
  ON ol_chain_events (deployment, account, contract, event, block_number, log_index);

-- By which terms of the chain an epoch's answers are made: decided once, with the first answer of
-- the epoch, from what was final in the store then. Without deployment the chain was not known yet;
-- fee_split and policy are NULL where it had said nothing by the epoch's start.
CREATE TABLE ol_epoch_terms (
  epoch BIGINT NOT NULL PRIMARY KEY CHECK (epoch >= 1),
  started_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  decided_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  deployment VARCHAR(64),
  finalized_number BIGINT,
  finalized_hash VARCHAR(64),
  fee_split VARCHAR(41),
  policy_version BIGINT,
  policy_hash VARCHAR(64),
  CHECK ((deployment IS NULL) = (finalized_number IS NULL)
     AND (deployment IS NULL) = (finalized_hash IS NULL)
     AND (policy_version IS NULL) = (policy_hash IS NULL)
     AND (deployment IS NOT NULL OR (fee_split IS NULL AND policy_version IS NULL)))
);

-- What was handed to the registries of a deployment. A row with its message, in one transaction.
INSERT INTO ol_locks (name) VALUES ('registration');

-- kind is DATANET or MODEL. Without business_key the chain had the entry already. attempt grows when a
-- registration was reverted.
CREATE TABLE ol_registrations (
  deployment VARCHAR(64) NOT NULL,
  kind VARCHAR(16) NOT NULL CHECK (kind IN ('DATANET', 'MODEL')),
  name VARCHAR(64) NOT NULL,
  attempt INTEGER NOT NULL CHECK (attempt >= 1),
  business_key VARCHAR(200),
  PRIMARY KEY (deployment, kind, name)
);

-- state follows the outbox; the versions of a reverted batch are given up, and go into a later one.
CREATE TABLE ol_anchor_batches (
  deployment VARCHAR(64) NOT NULL,
  kind VARCHAR(16) NOT NULL CHECK (kind IN ('DATANET', 'MODEL')),
  batch BIGINT NOT NULL CHECK (batch >= 1),
  business_key VARCHAR(200) NOT NULL UNIQUE,
  state VARCHAR(16) NOT NULL CHECK (state IN ('SUBMITTED', 'FINALIZED', 'REVERTED', 'CANCELLED')),
  PRIMARY KEY (deployment, kind, batch)
);
CREATE INDEX ol_anchor_batches_state ON ol_anchor_batches (deployment, state);

CREATE TABLE ol_anchored (
  deployment VARCHAR(64) NOT NULL,
  kind VARCHAR(16) NOT NULL,
  name VARCHAR(64) NOT NULL,
  version BIGINT NOT NULL CHECK (version >= 1),
  root VARCHAR(64) NOT NULL,
  batch BIGINT NOT NULL,
  PRIMARY KEY (deployment, kind, name, version),
  FOREIGN KEY (deployment, kind, batch)
    REFERENCES ol_anchor_batches (deployment, kind, batch)
);
CREATE INDEX ol_anchored_batch ON ol_anchored (deployment, kind, batch);
