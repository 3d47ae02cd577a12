package io.openledger.runtime.cdi;

import java.util.Optional;

/** Tells the name of the application that the current thread belongs to. */
@FunctionalInterface
interface ApplicationName {

  /** The deployment's name without its suffix; empty on a thread that is not an application's. */
  Optional<String> find();
}
