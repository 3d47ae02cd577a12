-- A message whose end is final and that no endpoint shows: its nonce is used up, or its block stays, and
-- neither a receipt of it nor another transaction is to be had. Since when. Nothing is sent for it until it
-- is known what became of it, or until an administrator decides.
ALTER TABLE ol_outbox ADD COLUMN unproven_since TIMESTAMP(6) WITH TIME ZONE;

-- Which nonces anything was ever signed for.
CREATE INDEX ol_outbox_attempts_nonce ON ol_outbox_attempts (nonce);

-- A wish is a wish only until it is done.
UPDATE ol_outbox SET wish = NULL WHERE open_nonce IS NULL AND wish = 'CANCEL';

-- Attempts of final messages are deleted some time after, where only their bytes were emptied before.
UPDATE ol_outbox SET kept_since = since WHERE open_nonce IS NULL AND kept_since IS NULL;
