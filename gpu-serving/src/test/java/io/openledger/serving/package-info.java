/** Claims about the serving engine, with the plain forward pass that they are checked against. */
@org.jspecify.annotations.NullMarked
package io.openledger.serving;
