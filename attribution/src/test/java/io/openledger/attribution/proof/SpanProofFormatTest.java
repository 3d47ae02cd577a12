package io.openledger.attribution.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.Hash256;
import io.openledger.api.attribution.SpanClaim;
import io.openledger.attribution.proof.CorpusCommitment.Document;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Bytes of version 1, which later versions must still verify. */
class SpanProofFormatTest {

  /** Computed from the package's description by a program of its own. */
  private static final String ROOT =
      "beeead5c7001bdf5ca7961c478dacf09a29d199e1b5f077664d75bb0c274ec79";

  private static final String PROOF =
      "4f4c5350524f4f4601000000030000000300000030000000020000002d0000000200000003000000"
          + "9597d898814f165b7ed6118722c24271fec8c1254d46e437ad6ab24050763e2d0200000003000000"
          + "00000000010000000200000003000000040000000500000006000000070000000800000009000000"
          + "0a0000000b0000000c0000000d0000000e0000000f00000010000000110000001200000013000000"
          + "1400000015000000160000001700000018000000190000001a00000047f1b9a84e9e66087eeb6a34"
          + "cd217177a53fedf9b96013a3dda0d597710636eaddada82fd297417ca983618bd22efcb5bd1bd02d"
          + "6dc1265877473f0a6992416c0900000002000000050000000300000003000000d51f63dd7b3cb1da"
          + "0cf17d4daa4a7a8913e1fbaf17e14648f010ab6310d03cd102000000020000000000000003000000"
          + "d51f63dd7b3cb1da0cf17d4daa4a7a8913e1fbaf17e14648f010ab6310d03cd10c00000002000000"
          + "0900000003000000000000008988e0e3bacba88367b3bb7ab45068da472ab38b3af5b139276ab57b"
          + "9f70f307020000000a00000000000000040000009020965cfac6fedb60bc8ccd70dcfaf20f970f41"
          + "f6ae5fa452d145ee8aeca164e40ccfc1e8ac0e9c7cbad496aac97213bf74430a69c5bc9d2ac81c24"
          + "84b32b685aa47d0b50f5174deb14c092e6463292b2455a4418e86663d139a70791fa4c610291e525"
          + "3f44176703fb03c1b1a730f1267ace468c05814f89847e4ddf41e1e6d67f64b69741900ca655996b"
          + "3f021c56865f576f14d0f64dc0f8418237a0c225b775df6c7e107652476bc10c3f3a19c6292dd5e5"
          + "e4eeb2f5efdf75f70badc7cb6f97289e4462a1a55ca4c830378b8f4b1f66521f459e95c792b00660"
          + "3e6d1bd5";

  private static final List<Document> DOCUMENTS =
      List.of(
          PlainCorpus.document(0, 1, 2, 3),
          PlainCorpus.document(1),
          PlainCorpus.document(
              2, IntStream.concat(IntStream.of(2, 3, 1, 1, 2), IntStream.range(0, 40)).toArray()));

  @Test
  void rootIsTheOneThatTheDescriptionGives() {
    assertThat(CorpusCommitment.of(PlainCorpus.TOKENIZER, DOCUMENTS).root().hex()).isEqualTo(ROOT);
  }

  @Test
  void proofOfTheFirstVersionIsMadeAndVerified() {
    SpanProver prover = new SpanProver(CorpusCommitment.of(PlainCorpus.TOKENIZER, DOCUMENTS));
    SpanClaim claim = prover.claim(new int[] {9, 1, 1, 2, 3}, 1, 4, DOCUMENTS.get(2).id());
    assertThat(HexFormat.of().formatHex(prover.prove(claim).encode())).isEqualTo(PROOF);
    SpanVerifier.verify(Hash256.parse(ROOT), claim, HexFormat.of().parseHex(PROOF));
  }
}
