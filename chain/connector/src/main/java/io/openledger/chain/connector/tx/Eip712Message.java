package io.openledger.chain.connector.tx;

import io.openledger.api.Hash256;

/**
 * Typed data that is hashed already: {@code 0x1901 ‖ domainSeparator ‖ hashStruct} (EIP-712,
 * "Definition of the hashing function"). Vouchers of payment channels, permits and votes are such.
 *
 * @param domainSeparator hash of the domain: name, version, chain id and contract
 * @param structHash hash of the message's struct
 */
public record Eip712Message(Hash256 domainSeparator, Hash256 structHash) implements SigningPayload {

  @Override
  public byte[] preimage() {
    byte[] bytes = new byte[66];
    bytes[0] = 0x19;
    bytes[1] = 0x01;
    System.arraycopy(domainSeparator.toBytes(), 0, bytes, 2, 32);
    System.arraycopy(structHash.toBytes(), 0, bytes, 34, 32);
    return bytes;
  }
}
