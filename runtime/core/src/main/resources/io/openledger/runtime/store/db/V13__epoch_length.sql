-- How long what was earned waits at most for the end of the epoch, as the chain had it at the epoch's start.
-- NULL where it had said nothing, and of epochs whose terms an older release decided.
ALTER TABLE ol_epoch_terms ADD COLUMN epoch_seconds BIGINT;
