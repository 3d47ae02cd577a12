package io.openledger.chain.connector.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.rpc.EventLog;
import io.openledger.chain.connector.tx.AbiSignature;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ContractAbiTest {

  private static final ChainAddress SOMEBODY =
      new ChainAddress("0x00000000000000000000000000000000000000a1");

  private static EventLog log(List<Hash256> topics, byte[] data) {
    return new EventLog(SOMEBODY, topics, data, 1, Hash256.ZERO, Hash256.ZERO, 0);
  }

  private static Hash256 word(BigInteger value) {
    return Hash256.of(AbiSignature.parse("w(uint256)").encodeArguments(value));
  }

  @ParameterizedTest
  @EnumSource(ContractName.class)
  void readsTheInterfaceOfEveryContract(ContractName name) {
    ContractAbi abi = ContractAbi.load(name);
    assertThat(abi.name()).isEqualTo(name);
    assertThat(abi.events()).as(name.contract()).isNotNull();
    assertThat(ContractName.of(name.contract())).isEqualTo(name);
  }

  /** Topics that the world knows: of ERC-20's Transfer and Approval. */
  @Test
  void hashesEventsAsTheWorldDoes() {
    ContractAbi abi = ContractAbi.load(ContractName.OPEN_TOKEN);
    assertThat(abi.event("Transfer").topic().hex())
        .isEqualTo("ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");
    assertThat(abi.event("Approval(address,address,uint256)").topic().hex())
        .isEqualTo("8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925");
    assertThat(HexFormat.of().formatHex(abi.function("transfer").signature().selector()))
        .isEqualTo("a9059cbb");
  }

  @Test
  void decodesIndexedAndOtherArgumentsByName() {
    AbiEvent posted = ContractAbi.load(ContractName.REWARD_DISTRIBUTOR).event("RootPosted");
    byte[] data =
        AbiSignature.parse("d(bytes32,uint128,uint48,bytes32)")
            .encodeArguments(
                Hash256.sha256("root").toBytes(),
                BigInteger.TEN.pow(20),
                BigInteger.valueOf(1_800_000_000L),
                Hash256.sha256("data").toBytes());
    AbiValues values =
        posted.decode(
            log(List.of(posted.topic(), word(BigInteger.TWO), word(BigInteger.valueOf(7))), data));
    assertThat(values.number("sequence")).isEqualTo(2);
    assertThat(values.number("epoch")).isEqualTo(7);
    assertThat(values.hash("root")).isEqualTo(Hash256.sha256("root"));
    assertThat(values.wei("total")).isEqualTo(new Wei(BigInteger.TEN.pow(20)));
    assertThat(values.number("activeAt")).isEqualTo(1_800_000_000L);
    assertThat(values.hash("dataDigest")).isEqualTo(Hash256.sha256("data"));
    assertThatThrownBy(() -> values.number("other")).hasMessageContaining("'other'");
    assertThatThrownBy(() -> values.address("epoch")).hasMessageContaining("ChainAddress");
  }

  @Test
  void tellsEventsOfOneTopicApartByTheNumberOfTopics() {
    AbiEvent transfer = ContractAbi.load(ContractName.WOPEN).event("Transfer");
    EventLog right =
        log(
            List.of(transfer.topic(), word(BigInteger.ONE), word(BigInteger.TWO)),
            word(BigInteger.TEN).toBytes());
    assertThat(transfer.matches(right)).isTrue();
    assertThat(transfer.decode(right).wei("value")).isEqualTo(Wei.of(10));
    // an ERC-721's Transfer has the same first topic and three others
    EventLog other =
        log(
            List.of(
                transfer.topic(), word(BigInteger.ONE), word(BigInteger.TWO), word(BigInteger.ONE)),
            new byte[0]);
    assertThat(transfer.matches(other)).isFalse();
    assertThatThrownBy(() -> transfer.decode(other)).hasMessageContaining("4 topics");
    assertThat(transfer.matches(log(List.of(), new byte[0]))).isFalse();
  }

  @Test
  void refusesALogWhoseBytesAreNoEncoding() {
    AbiEvent transfer = ContractAbi.load(ContractName.WOPEN).event("Transfer");
    List<Hash256> topics = List.of(transfer.topic(), word(BigInteger.ONE), word(BigInteger.TWO));
    assertThatThrownBy(() -> transfer.decode(log(topics, new byte[31])))
        .isInstanceOf(io.openledger.api.OpenLedgerException.class);
    List<Hash256> wide =
        List.of(transfer.topic(), word(BigInteger.ONE.shiftLeft(200)), word(BigInteger.TWO));
    assertThatThrownBy(() -> transfer.decode(log(wide, new byte[32])))
        .isInstanceOf(io.openledger.api.OpenLedgerException.class);
  }

  @Test
  void wantsTheSignatureWhereANameStandsForSeveral() {
    ContractAbi abi = ContractAbi.load(ContractName.CONFIGURED_GOVERNOR);
    assertThatThrownBy(() -> abi.function("queue")).hasMessageContaining("queue(uint256)");
    assertThat(abi.function("queue(uint256)").toString()).isEqualTo("queue(uint256)");
    assertThatThrownBy(() -> abi.function("nothing")).hasMessageContaining("'nothing'");
  }

  @Test
  void readsStructuresAndArraysOfThem() throws Exception {
    ContractAbi abi =
        ContractAbi.of(
            ContractName.WOPEN,
            new ObjectMapper()
                .readTree(
                    """
                    [{"type":"function","name":"f","inputs":[],"outputs":[
                      {"name":"many","type":"tuple[]","components":[
                        {"name":"who","type":"address"},
                        {"name":"inner","type":"tuple","components":[
                          {"name":"n","type":"uint64"},{"name":"names","type":"string[]"}]}]},
                      {"name":"","type":"bytes32[][]"}]},
                     {"type":"event","name":"E","anonymous":false,"inputs":[
                      {"name":"text","type":"string","indexed":true},
                      {"name":"pair","type":"uint8[2]","indexed":true},
                      {"name":"rest","type":"bytes","indexed":false}]},
                     {"type":"event","name":"A","anonymous":true,"inputs":[]}]
                    """));
    AbiFunction function = abi.function("f()");
    byte[] answer =
        AbiSignature.parse("r((address,(uint64,string[]))[],bytes32[][])")
            .encodeArguments(
                List.of(List.of(SOMEBODY, List.of(BigInteger.valueOf(5), List.of("a", "b")))),
                List.of(List.of(new byte[32])));
    AbiValues values = function.decode(answer);
    AbiValues one = values.structures("many").get(0);
    assertThat(one.address("who")).isEqualTo(SOMEBODY);
    assertThat(one.structure("inner").number("n")).isEqualTo(5);
    assertThat(one.structure("inner").list("names")).hasToString("[a, b]");
    assertThat(values.list("1")).hasSize(1);
    assertThatThrownBy(() -> function.decode(new byte[3])).hasMessageContaining("3 bytes");

    AbiEvent event = abi.event("E");
    assertThat(abi.events()).containsExactly(event);
    AbiValues said =
        event.decode(
            log(
                List.of(event.topic(), Hash256.sha256("text"), Hash256.sha256("pair")),
                AbiSignature.parse("d(bytes)").encodeArguments((Object) new byte[] {1, 2})));
    assertThat(said.hash("text")).isEqualTo(Hash256.sha256("text"));
    assertThat(said.hash("pair")).isEqualTo(Hash256.sha256("pair"));
    assertThat(said.bytes("rest")).containsExactly(1, 2);
  }

  @Test
  void tellsCustomErrorsInWords() {
    byte[] data = AbiSignature.parse("NotUpdater(address)").encodeCall(SOMEBODY);
    assertThat(ContractAbi.load(ContractName.REWARD_DISTRIBUTOR).revertReason().describe(data))
        .isEqualTo("NotUpdater(" + SOMEBODY + ")");
    assertThat(ContractAbi.revertReasons().describe(data))
        .isEqualTo("NotUpdater(" + SOMEBODY + ")");
  }
}
