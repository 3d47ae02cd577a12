/**
 * Checks a provenance report against the chain, by anyone: with the report, an endpoint, the
 * contracts' addresses, and the address of whom they believe to run the ledger. The server that
 * made the report is not asked.
 *
 * <p>It must not depend on the server. A report is a file from outside: its size and depth are
 * limited and nothing in it is believed before it was checked. Tests: {@code mvn -pl
 * chain/connector -am test -Dtest='ReportCheck*'}.
 */
@NullMarked
package io.openledger.chain.connector.verify;

import org.jspecify.annotations.NullMarked;
