-- With what quotes are authenticated; one for all servers of this store.
CREATE TABLE ol_payment_secrets (
  name VARCHAR(16) NOT NULL PRIMARY KEY,
  secret VARCHAR(64) NOT NULL
);

-- Payment channels for us, as payers use them. deposit, early_deposit, settled, closes_at (seconds since
-- 1970, 0: nobody closes it) and finished are the contract's, read last at checked_at: deposit in
-- finalized blocks, early_deposit in less settled ones, the others in the newest. accepted is the highest
-- amount that the payer signed; charged, what answers cost; exact, the highest amount not above charged
-- that the payer signed, which is what is settled; submitted, what was last handed to the outbox for
-- settling, in the so many-th attempt at that amount.
CREATE TABLE ol_channels (
  channel VARCHAR(64) NOT NULL PRIMARY KEY,
  chain_id BIGINT NOT NULL,
  contract VARCHAR(42) NOT NULL,
  payer VARCHAR(42) NOT NULL,
  payee VARCHAR(42) NOT NULL,
  salt VARCHAR(64) NOT NULL,
  deposit DECIMAL(78, 0) NOT NULL,
  early_deposit DECIMAL(78, 0) NOT NULL,
  settled DECIMAL(78, 0) NOT NULL,
  closes_at BIGINT NOT NULL,
  finished BOOLEAN NOT NULL,
  charged DECIMAL(78, 0) NOT NULL,
  accepted DECIMAL(78, 0) NOT NULL,
  accepted_signature VARCHAR(130),
  exact DECIMAL(78, 0) NOT NULL,
  exact_signature VARCHAR(130),
  submitted DECIMAL(78, 0) NOT NULL,
  attempts INTEGER NOT NULL,
  unsettled_since TIMESTAMP(6) WITH TIME ZONE,
  checked_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  CHECK (charged <= accepted AND exact <= charged AND attempts >= 0)
);
CREATE INDEX ol_channels_open ON ol_channels (finished, checked_at);
INSERT INTO ol_locks (name) VALUES ('channels');

-- Calls that were paid for. One that is RESERVED is under way, on whatever server, and holds its price
-- back until expires_at; one that is ANSWERED is kept until then for whoever sends the same payment again.
-- quote is the quote's nonce: a quote pays once.
CREATE TABLE ol_payments (
  quote VARCHAR(32) NOT NULL PRIMARY KEY,
  channel VARCHAR(64) NOT NULL REFERENCES ol_channels (channel),
  attempt VARCHAR(36) NOT NULL,
  state VARCHAR(16) NOT NULL CHECK (state IN ('RESERVED', 'ANSWERED')),
  cumulative DECIMAL(78, 0) NOT NULL,
  signature VARCHAR(130) NOT NULL,
  price DECIMAL(78, 0) NOT NULL,
  charged DECIMAL(78, 0) NOT NULL,
  expires_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  media_type VARCHAR(100),
  answer TEXT
);
CREATE INDEX ol_payments_channel ON ol_payments (channel, cumulative);
CREATE INDEX ol_payments_expiry ON ol_payments (state, expires_at);
