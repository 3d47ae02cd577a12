-- What a datanet's contributions were committed to at a version, so that spans of answers can be
-- proved: written once, when first asked for, and compared with whenever it is computed again.
-- tokenizer is the digest of the one that made the tokens; it is part of the root.
CREATE TABLE ol_corpus_roots (
  datanet VARCHAR(64) NOT NULL REFERENCES ol_datanets (id),
  version BIGINT NOT NULL CHECK (version >= 0),
  tokenizer VARCHAR(64) NOT NULL,
  root VARCHAR(64) NOT NULL,
  tokens BIGINT NOT NULL CHECK (tokens >= 0),
  created TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  PRIMARY KEY (datanet, version)
);
