package io.openledger.runtime.datanet;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.Hash256;
import io.openledger.runtime.support.PlainAttribution;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MerkleFrontierTest {

  @Test
  void growsToTheRootOfTheTreeThatIsBuiltAtOnce() {
    List<Hash256> leaves = new ArrayList<>();
    MerkleFrontier frontier = MerkleFrontier.EMPTY;
    PlainAttribution plain = new PlainAttribution();
    for (int i = 0; i <= 130; i++) {
      assertThat(frontier.root()).as("%d leaves", i).isEqualTo(plain.merkleRoot(leaves));
      assertThat(MerkleFrontier.decode(i, frontier.encode())).isEqualTo(frontier);
      Hash256 leaf = Hash256.sha256("leaf " + i);
      leaves.add(leaf);
      frontier = frontier.plus(leaf);
    }
  }
}
