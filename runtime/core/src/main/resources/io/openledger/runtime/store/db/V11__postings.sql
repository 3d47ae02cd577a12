-- To which contract on which chain something was handed: a ledger may be attached to another one. NULL in
-- rows of older releases, until a server adopts those of its chain.
ALTER TABLE ol_epoch_postings ADD COLUMN deployment VARCHAR(40);
CREATE INDEX ol_epoch_postings_deployment ON ol_epoch_postings (deployment, kind, epoch);

-- When an administrator posted although this root had been dropped. Until then no root is posted. Of older
-- releases a drop is settled if what was handed over next was handed over after it was known: only an
-- administrator could do that.
ALTER TABLE ol_epoch_postings ADD COLUMN settled_at TIMESTAMP(6) WITH TIME ZONE;
UPDATE ol_epoch_postings SET settled_at = changed_at
  WHERE kind = 'ROOT' AND state = 'CHALLENGED'
  AND EXISTS (SELECT 1 FROM ol_epoch_postings n
    WHERE n.kind = 'ROOT' AND n.submitted_at > ol_epoch_postings.changed_at)
  AND NOT EXISTS (SELECT 1 FROM ol_epoch_postings n
    WHERE n.kind = 'ROOT' AND n.submitted_at > ol_epoch_postings.submitted_at
    AND n.submitted_at <= ol_epoch_postings.changed_at);

-- Who posts to the chain. Not the lock of epochs: closing one does not wait for the chain.
INSERT INTO ol_locks (name) VALUES ('posting');
