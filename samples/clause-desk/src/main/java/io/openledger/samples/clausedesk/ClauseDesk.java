package io.openledger.samples.clausedesk;

import io.openledger.api.datanet.DatanetId;
import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

/** The application: its REST resources lie under {@code api}. */
@ApplicationPath("api")
public class ClauseDesk extends Application {

  /** The datanet's name, as a constant because annotations need one. */
  static final String DATANET = "clauses";

  /** The datanet that the clauses lie in. */
  static final DatanetId CLAUSES = new DatanetId(DATANET);
}
