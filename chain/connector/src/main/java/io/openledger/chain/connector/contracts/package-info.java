/**
 * The rollup's contracts: their interfaces, how they are deployed or attached to, and the address
 * book that says where they are.
 *
 * <p>Interfaces and code come from the files that the build puts into the jar of {@code chain}
 * ({@code io/openledger/chain/contracts/NAME.json}). {@link
 * io.openledger.chain.connector.contracts.ContractAbi} reads them, {@link
 * io.openledger.chain.connector.contracts.Contract} asks a contract at an address, {@link
 * io.openledger.chain.connector.contracts.Deployment} makes a set of them, and {@link
 * io.openledger.chain.connector.contracts.AddressBook} is what is kept of it and checked at every
 * start.
 *
 * <h2>The address book</h2>
 *
 * A JSON file of at most {@value io.openledger.chain.connector.contracts.AddressBook#MAX_BYTES}
 * bytes; a member that is not listed here, is missing or stands twice is refused.
 *
 * <ul>
 *   <li>{@code format}: {@code openledger-address-book-1}
 *   <li>{@code chainId}: the chain's number (EIP-155)
 *   <li>{@code genesis}: the hash of block 0, which tells two development chains of one number
 *       apart
 *   <li>{@code block}: no event of these contracts lies in a block before it
 *   <li>{@code deployer}: who deployed them, if that is known
 *   <li>{@code contracts}: by name, {@code address}, {@code codeHash} and {@code own}. Where {@code
 *       own} is true the code is that of this project, and the hash is the Keccak-256 of the code
 *       with zeros where a constructor wrote its immutables, the compiler's metadata included.
 *       Where it is false it is somebody else's contract of the same interface, and the hash is
 *       that of the whole code
 *   <li>{@code roles}: {@code owner}, {@code updater}, {@code guardian}: the addresses that had
 *       these rights when the book was written, as far as there are such rights
 *   <li>{@code parameters}: what was deployed with, by the names of the parameters' file
 * </ul>
 *
 * <h2>The journal of a deployment</h2>
 *
 * {@code NAME.journal} beside the book: a JSON file that is replaced as a whole before each
 * transaction is broadcast, with chain, deployer, digest of the plan and, for each step begun, its
 * nonce and the signed bytes. A second run broadcasts the same bytes again, so nothing is deployed
 * twice. It is deleted when the book is written.
 *
 * <p>Nothing here starts a thread; waiting for blocks holds the caller's. Tests: {@code mvn -pl
 * chain/connector -am test}; those that need a node are left out, with the reason, where it is not
 * installed.
 */
@NullMarked
package io.openledger.chain.connector.contracts;

import org.jspecify.annotations.NullMarked;
