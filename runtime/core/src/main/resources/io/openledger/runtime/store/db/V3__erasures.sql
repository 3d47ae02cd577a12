-- The contributions whose content was taken away, each once. Their rows in ol_contributions are
-- RETRACTED and hold a placeholder, an empty text and salt, and zeros for the hash; their leaf stays.
-- Which index files still hold a text is not written here: every data directory is asked itself.
CREATE TABLE ol_erasures (
  datanet VARCHAR(64) NOT NULL,
  sequence_number BIGINT NOT NULL,
  reason VARCHAR(1000) NOT NULL,
  erased_by VARCHAR(220) NOT NULL,
  erased_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  PRIMARY KEY (datanet, sequence_number),
  FOREIGN KEY (datanet, sequence_number) REFERENCES ol_contributions (datanet, sequence_number)
);
