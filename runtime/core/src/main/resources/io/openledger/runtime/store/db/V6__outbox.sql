-- What goes to the chain. A row for each key that signs on a chain: whoever stores a message queues for
-- it and takes the next nonce from it.
CREATE TABLE ol_outbox_signers (
  chain_id BIGINT NOT NULL CHECK (chain_id >= 1),
  signer VARCHAR(42) NOT NULL,
  next_nonce BIGINT NOT NULL CHECK (next_nonce >= 0),
  PRIMARY KEY (chain_id, signer)
);

-- Who sends for a key. Apart from the row above, so that the one who sends does not queue with those who
-- store. token grows with each new holder; who signs shows it in the same transaction. expires is by the
-- database's clock.
CREATE TABLE ol_outbox_leases (
  chain_id BIGINT NOT NULL,
  signer VARCHAR(42) NOT NULL,
  holder VARCHAR(64) NOT NULL,
  token BIGINT NOT NULL,
  expires TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  PRIMARY KEY (chain_id, signer),
  FOREIGN KEY (chain_id, signer) REFERENCES ol_outbox_signers (chain_id, signer)
);

-- A message. Never deleted: its key is used for ever. content is the SHA-256 of what it is to do.
-- open_nonce repeats nonce until the message is final and is NULL from then on: its index is of the open
-- ones alone, in words that every database knows. kept_since says, of a final one, since when its bytes are
-- kept; it is NULL again when they have been emptied.
CREATE TABLE ol_outbox (
  business_key VARCHAR(200) NOT NULL PRIMARY KEY,
  content VARCHAR(64) NOT NULL,
  chain_id BIGINT NOT NULL,
  signer VARCHAR(42) NOT NULL,
  nonce BIGINT NOT NULL CHECK (nonce >= 0),
  state VARCHAR(16) NOT NULL CHECK (state IN
    ('STORED', 'SENT', 'UNSAFE', 'SAFE', 'FINALIZED', 'REVERTED', 'CANCELLED')),
  open_nonce BIGINT,
  transaction_hash VARCHAR(64) NOT NULL,
  block_number BIGINT,
  block_hash VARCHAR(64),
  detail VARCHAR(1000),
  wish VARCHAR(16) CHECK (wish IN ('CANCEL', 'RETRY')),
  wished_by VARCHAR(220),
  submitted_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  since TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  kept_since TIMESTAMP(6) WITH TIME ZONE,
  UNIQUE (chain_id, signer, nonce),
  CHECK ((state IN ('FINALIZED', 'REVERTED', 'CANCELLED') AND open_nonce IS NULL)
      OR (state NOT IN ('FINALIZED', 'REVERTED', 'CANCELLED') AND open_nonce = nonce
          AND kept_since IS NULL))
);
CREATE INDEX ol_outbox_open ON ol_outbox (chain_id, signer, open_nonce);
CREATE INDEX ol_outbox_kept ON ol_outbox (kept_since);
CREATE INDEX ol_outbox_wishes ON ol_outbox (wish);
CREATE INDEX ol_outbox_by_state ON ol_outbox (state, submitted_at);

-- All that was ever signed for a message, in order: each of these hashes may turn up in a block. raw is
-- the signed bytes in hexadecimal, and is emptied some time after the message was final.
CREATE TABLE ol_outbox_attempts (
  ordinal BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  transaction_hash VARCHAR(64) NOT NULL UNIQUE,
  business_key VARCHAR(200) NOT NULL REFERENCES ol_outbox (business_key),
  nonce BIGINT NOT NULL,
  kind VARCHAR(16) NOT NULL CHECK (kind IN ('CALL', 'CANCEL')),
  tip NUMERIC(39) NOT NULL,
  cap NUMERIC(39) NOT NULL,
  raw VARCHAR(262144),
  stored_at TIMESTAMP(6) WITH TIME ZONE NOT NULL
);
CREATE INDEX ol_outbox_attempts_of ON ol_outbox_attempts (business_key, ordinal);
