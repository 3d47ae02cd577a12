/**
 * Keys and who signs with them: a keystore file, an entry of a {@link java.security.KeyStore}, an
 * entry of the server's own store, or Web3Signer ({@link
 * io.openledger.chain.connector.keys.KeySource}).
 *
 * <p>No key, password or credential is in a message, a {@code toString} or a log. Secrets come as
 * arrays, which are overwritten once read. Stores that only one server has (Elytron's credential
 * store, Open Liberty's keystore service) are read in that server's module and handed in as {@link
 * io.openledger.chain.connector.keys.Secrets}; nothing here knows a server.
 */
@NullMarked
package io.openledger.chain.connector.keys;

import org.jspecify.annotations.NullMarked;
