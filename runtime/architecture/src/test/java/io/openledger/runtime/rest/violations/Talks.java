package io.openledger.runtime.rest.violations;

/** Prints what it should log, or not say at all. */
class Talks {
  void talk(String prompt) {
    System.out.println(prompt);
    System.err.println(prompt);
  }
}
