-- The last block that enough of the chain's endpoints called final: a server that starts holds what they
-- call final then against it. block_number is -1 while there is none. accepted is the ordinal of the last
-- decision to accept another one, 0 without: who has not heard of it yet does not write over what it brought.
-- Whoever decides locks the row first, so that decisions are committed in the order of their ordinals.
CREATE TABLE ol_chain_finality (
  chain_id BIGINT NOT NULL PRIMARY KEY,
  accepted BIGINT NOT NULL,
  block_number BIGINT NOT NULL CHECK (block_number >= -1),
  block_hash VARCHAR(64) NOT NULL
);

-- What administrators decided about endpoints, and who. Never deleted. subject is an endpoint's name, or which
-- block was accepted in place of which.
CREATE TABLE ol_chain_decisions (
  ordinal BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  chain_id BIGINT NOT NULL,
  kind VARCHAR(16) NOT NULL CHECK (kind IN ('LIFT', 'ACCEPT')),
  subject VARCHAR(300) NOT NULL,
  decided_by VARCHAR(220) NOT NULL,
  decided_at TIMESTAMP(6) WITH TIME ZONE NOT NULL
);
CREATE INDEX ol_chain_decisions_of ON ol_chain_decisions (chain_id, ordinal);
