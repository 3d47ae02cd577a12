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
