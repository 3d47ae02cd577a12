/**
 * What turns the engines into services of a server: configuration, store, ledger, receipts, CDI.
 *
 * <p>{@link io.openledger.runtime.OpenLedgerServer} is the whole of it, made once per server by the
 * server's own packaging (WildFly's subsystem, Open Liberty's bundle) and seen by applications only
 * through {@code io.openledger.api}. It reaches the engines through {@code io.openledger.api.spi}
 * and must not depend on them; it depends on no server either. Its tests run with {@code mvn -pl
 * runtime/core -am test}.
 */
@NullMarked
package io.openledger.runtime;

import org.jspecify.annotations.NullMarked;
