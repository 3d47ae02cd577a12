/** Tests of the command line, each through the commands that a user types. */
@NullMarked
package io.openledger.chain.cli;

import org.jspecify.annotations.NullMarked;
