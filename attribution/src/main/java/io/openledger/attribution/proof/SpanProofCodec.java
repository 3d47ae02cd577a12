package io.openledger.attribution.proof;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.attribution.proof.Absence.Difference;
import io.openledger.attribution.proof.Absence.Neighbour;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A {@link SpanProof}'s bytes. No list's length is written: it follows from the numbers before it,
 * so that there is one encoding, and nothing is allocated that the bytes do not hold.
 */
final class SpanProofCodec {

  /** "OLSPROOF", read little-endian. */
  private static final long MAGIC = 0x464F4F5250534C4FL;

  private static final int VERSION = 1;
  private static final int LEFT = 1;
  private static final int RIGHT = 2;

  /**
   * 8 KiB. The most is 6568: 72 of numbers, 62 tokens around, 46 siblings of chunks and 31 of
   * contributions, two absences of 100, and 112 siblings of ranks.
   */
  static final int MOST_BYTES = 1 << 13;

  private SpanProofCodec() {}

  static byte[] encode(SpanProof proof) {
    ByteBuffer out = ByteBuffer.allocate(MOST_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(MAGIC).putInt(VERSION);
    out.putInt((proof.left().isPresent() ? LEFT : 0) | (proof.right().isPresent() ? RIGHT : 0));
    out.putInt(proof.documents()).putInt(proof.tokens()).putInt(proof.document());
    out.putInt(proof.documentTokens()).putInt(proof.offset()).putInt(proof.length());
    out.put(proof.content().toBytes());
    proof.around().forEach(out::putInt);
    put(out, proof.chunkSiblings());
    put(out, proof.contributionSiblings());
    proof.left().ifPresent(absence -> put(out, absence));
    proof.right().ifPresent(absence -> put(out, absence));
    put(out, proof.rankSiblings());
    byte[] bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }

  private static void put(ByteBuffer out, List<Hash256> hashes) {
    hashes.forEach(hash -> out.put(hash.toBytes()));
  }

  private static void put(ByteBuffer out, Absence absence) {
    out.putInt(absence.rank());
    absence.below().ifPresent(below -> put(out, below));
    absence.above().ifPresent(above -> put(out, above));
  }

  private static void put(ByteBuffer out, Neighbour neighbour) {
    out.putInt(neighbour.document()).putInt(neighbour.end()).putInt(neighbour.matched());
    neighbour
        .difference()
        .ifPresent(difference -> out.putInt(difference.token()).put(difference.rest().toBytes()));
  }

  static SpanProof decode(byte[] bytes) {
    if (bytes.length > MOST_BYTES) {
      throw malformed(bytes.length + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    try {
      SpanProof proof = read(in);
      if (in.hasRemaining()) {
        throw malformed(in.remaining() + " bytes too long");
      }
      return proof;
    } catch (BufferUnderflowException e) {
      throw malformed("cut off after " + bytes.length + " bytes");
    }
  }

  private static SpanProof read(ByteBuffer in) {
    if (in.getLong() != MAGIC) {
      throw malformed("without its magic");
    }
    int version = in.getInt();
    if (version != VERSION) {
      throw malformed("of version " + version);
    }
    int sides = in.getInt();
    if ((sides & ~(LEFT | RIGHT)) != 0) {
      throw malformed("of sides " + sides);
    }
    SpanProof.Shape shape =
        new SpanProof.Shape(
            in.getInt(), in.getInt(), in.getInt(), in.getInt(), in.getInt(), in.getInt());
    Hash256 content = hash(in);
    List<Integer> around = new ArrayList<>();
    for (int i = shape.around(); i > 0; i--) {
      around.add(in.getInt());
    }
    List<Hash256> chunkSiblings = hashes(in, shape.chunkSiblings());
    List<Hash256> contributionSiblings = hashes(in, shape.documentSiblings());
    Optional<Absence> left = (sides & LEFT) != 0 ? absence(in, shape) : Optional.empty();
    Optional<Absence> right = (sides & RIGHT) != 0 ? absence(in, shape) : Optional.empty();
    return new SpanProof(
        shape.documents(),
        shape.tokens(),
        shape.document(),
        shape.documentTokens(),
        shape.offset(),
        shape.length(),
        content,
        around,
        chunkSiblings,
        contributionSiblings,
        left,
        right,
        hashes(in, shape.rankSiblings(left, right)));
  }

  private static Optional<Absence> absence(ByteBuffer in, SpanProof.Shape shape) {
    int rank = in.getInt();
    Absence absence =
        new Absence(
            rank,
            rank == 0 ? Optional.empty() : Optional.of(neighbour(in)),
            rank == shape.tokens() ? Optional.empty() : Optional.of(neighbour(in)));
    // before its ranks say how much is to be read
    shape.require(absence);
    return Optional.of(absence);
  }

  private static Neighbour neighbour(ByteBuffer in) {
    int document = in.getInt();
    int end = in.getInt();
    int matched = in.getInt();
    return new Neighbour(
        document,
        end,
        matched,
        matched == end ? Optional.empty() : Optional.of(new Difference(in.getInt(), hash(in))));
  }

  private static List<Hash256> hashes(ByteBuffer in, int count) {
    List<Hash256> hashes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      hashes.add(hash(in));
    }
    return hashes;
  }

  private static Hash256 hash(ByteBuffer in) {
    byte[] bytes = new byte[Sha256.BYTES];
    in.get(bytes);
    return Hash256.of(bytes);
  }

  private static OpenLedgerException malformed(String arrived) {
    return OpenLedgerException.invalid(
        "the proof", arrived, "an encoded span proof of version " + VERSION);
  }
}
