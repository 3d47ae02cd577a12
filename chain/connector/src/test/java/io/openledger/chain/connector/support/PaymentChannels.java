package io.openledger.chain.connector.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.rpc.Call;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.rpc.TransactionReceipt;
import io.openledger.chain.connector.tx.AbiSignature;
import io.openledger.chain.connector.tx.Eip1559Transaction;
import io.openledger.chain.connector.tx.SignedTransaction;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** Deploys the contract that vouchers are for, and sends transactions one after another. */
public final class PaymentChannels {

  public static final Wei CEILING = Wei.of(1_000_000_000_000L);

  private PaymentChannels() {}

  /** A contract for the native coin, with the shortest dispute window: an hour. */
  public static ChainAddress deploy(ChainClient chain, Signer signer) {
    byte[] code = bytecode();
    byte[] arguments =
        AbiSignature.parse("constructor(address,uint48)")
            .encodeArguments(ChainAddress.ZERO, BigInteger.valueOf(3600));
    byte[] data = Arrays.copyOf(code, code.length + arguments.length);
    System.arraycopy(arguments, 0, data, code.length, arguments.length);
    return send(chain, signer, Optional.empty(), Wei.ZERO, data).created().orElseThrow();
  }

  private static byte[] bytecode() {
    try (InputStream in =
        ChainClient.class.getResourceAsStream(
            "/io/openledger/chain/contracts/PaymentChannel.json")) {
      JsonNode json = new ObjectMapper().readTree(in);
      String code = json.get("bytecode").asText();
      return HexFormat.of().parseHex(code.startsWith("0x") ? code.substring(2) : code);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Signs with the next nonce, sends, and gives the receipt: the node makes a block for each. */
  public static TransactionReceipt send(
      ChainClient chain, Signer signer, Optional<ChainAddress> to, Wei value, byte[] data) {
    SignedTransaction signed = sign(chain, signer, to, value, data);
    chain.broadcast(signed);
    for (int i = 0; i < 500; i++) {
      Optional<TransactionReceipt> receipt = chain.receipt(signed.hash());
      if (receipt.isPresent()) {
        if (!receipt.get().succeeded()) {
          throw new AssertionError("reverted");
        }
        return receipt.get();
      }
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    throw new AssertionError("in vain: the transaction is in a block");
  }

  /** Signs with the next nonce. */
  public static SignedTransaction sign(
      ChainClient chain, Signer signer, Optional<ChainAddress> to, Wei value, byte[] data) {
    long gas = chain.estimateGas(new Call(Optional.of(signer.address()), to, value, data));
    return signer.signTransaction(
        new Eip1559Transaction(
            chain.chainId(),
            chain.nonce(signer.address(), Finality.UNSAFE),
            chain.fees(CEILING),
            gas + gas / 4,
            to,
            value,
            data));
  }
}
