package io.openledger.chain.connector.bridge;

import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.rpc.RpcException;
import io.openledger.chain.connector.tx.AbiSignature;
import io.openledger.chain.connector.tx.RevertReason;
import java.util.List;

/** The portal's own errors by name: nodes give their selectors alone. */
final class PortalErrors {

  private static final RevertReason REASON =
      new RevertReason(
          List.of(
                  "OptimismPortal_AlreadyFinalized()",
                  "OptimismPortal_BadTarget()",
                  "OptimismPortal_CallPaused()",
                  "OptimismPortal_CalldataTooLarge()",
                  "OptimismPortal_GasLimitTooLow()",
                  "OptimismPortal_ImproperDisputeGame()",
                  "OptimismPortal_InvalidDisputeGame()",
                  "OptimismPortal_InvalidMerkleProof()",
                  "OptimismPortal_InvalidOutputRootProof()",
                  "OptimismPortal_InvalidProofTimestamp()",
                  "OptimismPortal_InvalidRootClaim()",
                  "OptimismPortal_NotAllowedOnCGTMode()",
                  "OptimismPortal_ProofNotOldEnough()",
                  "OptimismPortal_Unproven()",
                  "OptimismPortal_WrongProofMethod()",
                  "AlreadyFinalized()",
                  "BadTarget()",
                  "Blacklisted()",
                  "CallPaused()",
                  "InvalidDisputeGame()",
                  "InvalidGameType()",
                  "InvalidMerkleProof()",
                  "InvalidProof()",
                  "LargeCalldata()",
                  "NonReentrant()",
                  "NoValue()",
                  "OnlyCustomGasToken()",
                  "OutOfGas()",
                  "ProposalNotValidated()",
                  "SmallGasLimit()",
                  "TransferFailed()",
                  "Unproven()")
              .stream()
              .map(AbiSignature::parse)
              .toList());

  private PortalErrors() {}

  /** What was refused, with the portal's error in place of its selector if it is one. */
  static String describe(OpenLedgerException refusal) {
    return refusal.getCause() instanceof RpcException e && e.error().returned().length > 0
        ? REASON.describe(e.error().returned())
        : refusal.arrived();
  }
}
