package io.openledger.rollup.registration;

import io.openledger.chain.connector.tx.AbiSignature;
import java.util.Locale;

/** The registries, and how they are called. */
enum Kind {
  DATANET("anchorMany((bytes32,uint64,bytes32,uint64,bytes32)[])"),
  MODEL("anchorMany((bytes32,uint64,bytes32,uint64,bytes32,bytes32)[])");

  static final AbiSignature REGISTER_DATANET = AbiSignature.parse("register(bytes32)");
  static final AbiSignature REGISTER_BASE = AbiSignature.parse("registerBase(bytes32)");
  static final AbiSignature REGISTER_ADAPTER =
      AbiSignature.parse("registerAdapter(bytes32,bytes32)");
  static final AbiSignature IS_PUBLISHER = AbiSignature.parse("isPublisher(bytes32,address)");

  private final AbiSignature anchorMany;

  Kind(String anchorMany) {
    this.anchorMany = AbiSignature.parse(anchorMany);
  }

  AbiSignature anchorMany() {
    return anchorMany;
  }

  /** As a part of a business key. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
