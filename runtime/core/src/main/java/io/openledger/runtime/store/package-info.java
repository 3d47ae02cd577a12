/**
 * The store: plain JDBC inside JTA transactions, and the migrations that make the schema.
 *
 * <p>{@link io.openledger.runtime.store.Transactions} decides which transaction a piece of work
 * belongs to, {@link io.openledger.runtime.store.Sql} binds and reads values, {@link
 * io.openledger.runtime.store.Store} migrates. One set of statements serves H2 (in its default
 * mode) and PostgreSQL: standard SQL, {@code LIMIT}/{@code OFFSET}, {@code SELECT … FOR UPDATE} and
 * identity columns are all that they need. Tables begin with {@code ol_}, so that the data source
 * may be shared.
 *
 * <p>It must not depend on the engines, on CDI, nor on the packages that keep their rows here. Its
 * tests run with {@code mvn -pl runtime/core -am test}; those on PostgreSQL are skipped, saying so,
 * where its programs are not installed.
 */
@NullMarked
package io.openledger.runtime.store;

import org.jspecify.annotations.NullMarked;
