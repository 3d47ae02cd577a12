/**
 * The chain on the command line, without a server: deploying the contracts or attaching to them,
 * checking an address book, making keys, and claiming rewards.
 *
 * <p>{@link io.openledger.chain.cli.Main} is the way in; every command is a class of its own. Keys
 * come from keystore files, passwords from the terminal or a file, never from an argument, which
 * others on the machine could read. Threads are made here, because on a command line there is
 * nobody else to give them.
 *
 * <p>Depends on {@code api}, {@code chain} and {@code chain/connector}. Tests: {@code mvn -pl
 * chain/cli -am test}; they need a node, as the connector's do.
 */
@NullMarked
package io.openledger.chain.cli;

import org.jspecify.annotations.NullMarked;
