package io.openledger.chain.connector.tx;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.web3j.crypto.Hash;
import org.web3j.rlp.RlpDecoder;
import org.web3j.rlp.RlpList;
import org.web3j.rlp.RlpString;
import org.web3j.rlp.RlpType;

/**
 * The bytes that are stored and broadcast, again and again if need be, always the same. Immutable.
 *
 * <p>What comes out of a database is checked with {@link #open()} before anybody pays for it.
 */
public final class SignedTransaction {

  /** Room for calldata of the greatest length and all other fields. */
  public static final int MAX_BYTES = Eip1559Transaction.MAX_DATA + 1024;

  private final byte[] raw;
  private final Hash256 hash;

  /**
   * @param raw a typed transaction (EIP-2718), at most {@link #MAX_BYTES} bytes; copied
   * @throws OpenLedgerException if it is empty, too long or of another type than 2
   */
  public SignedTransaction(byte[] raw) {
    if (raw.length == 0 || raw.length > MAX_BYTES) {
      throw OpenLedgerException.invalid(
          "signed transaction", raw.length + " bytes", "1 to " + MAX_BYTES + " bytes");
    }
    if (raw[0] != Eip1559Transaction.TYPE) {
      throw OpenLedgerException.invalid("type of the signed transaction", raw[0], "2 (EIP-1559)");
    }
    this.raw = raw.clone();
    this.hash = Hash256.of(Hash.sha3(raw));
  }

  /** The transaction's hash, by which receipts are found. */
  public Hash256 hash() {
    return hash;
  }

  /** The bytes, a copy. */
  public byte[] toBytes() {
    return raw.clone();
  }

  /** {@code 0x} and the bytes in hexadecimal: the argument of {@code eth_sendRawTransaction}. */
  public String hex() {
    return "0x" + HexFormat.of().formatHex(raw);
  }

  /**
   * What the bytes say and who signed them.
   *
   * @param transaction what was signed
   * @param signature by whom
   * @param sender the address that the signature gives
   */
  public record Opened(Eip1559Transaction transaction, Signature signature, ChainAddress sender) {}

  /**
   * Decodes the bytes, recovers the sender and encodes them anew: other than canonical encodings
   * are refused.
   *
   * @throws OpenLedgerException if they are no canonical transaction of type 2 with an empty access
   *     list
   */
  public Opened open() {
    Opened opened;
    try {
      List<RlpType> outer = RlpDecoder.decode(Arrays.copyOfRange(raw, 1, raw.length)).getValues();
      List<RlpType> fields = ((RlpList) outer.get(0)).getValues();
      if (outer.size() != 1 || fields.size() != 12) {
        throw refused();
      }
      byte[] to = ((RlpString) fields.get(5)).getBytes();
      Eip1559Transaction transaction =
          new Eip1559Transaction(
              number(fields, 0).longValueExact(),
              number(fields, 1).longValueExact(),
              new Fees(new Wei(number(fields, 2)), new Wei(number(fields, 3))),
              number(fields, 4).longValueExact(),
              to.length == 0
                  ? Optional.empty()
                  : Optional.of(new ChainAddress("0x" + HexFormat.of().formatHex(to))),
              new Wei(number(fields, 6)),
              ((RlpString) fields.get(7)).getBytes());
      Signature signature =
          new Signature(number(fields, 10), number(fields, 11), number(fields, 9).intValueExact());
      opened =
          new Opened(
              transaction,
              signature,
              signature.signerOf(transaction.digest()).orElseThrow(SignedTransaction::refused));
    } catch (ClassCastException | IndexOutOfBoundsException | ArithmeticException e) {
      throw refused();
    } catch (OpenLedgerException e) {
      throw e;
    } catch (RuntimeException e) {
      throw refused(); // the decoder's own exceptions wrap the causes above
    }
    if (!Arrays.equals(opened.transaction().signed(opened.signature()).raw, raw)) {
      throw refused();
    }
    return opened;
  }

  private static BigInteger number(List<RlpType> fields, int at) {
    return new BigInteger(1, ((RlpString) fields.get(at)).getBytes());
  }

  private static OpenLedgerException refused() {
    return OpenLedgerException.invalid(
        "signed transaction",
        "not a canonical transaction of type 2",
        "what this connector signed: RLP of 12 fields with an empty access list");
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof SignedTransaction other && hash.equals(other.hash);
  }

  @Override
  public int hashCode() {
    return hash.hashCode();
  }

  @Override
  public String toString() {
    return "signed transaction 0x" + hash.hex();
  }
}
