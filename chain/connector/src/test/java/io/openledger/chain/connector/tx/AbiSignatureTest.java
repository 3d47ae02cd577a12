package io.openledger.chain.connector.tx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.web3j.abi.FunctionEncoder;
import org.web3j.abi.datatypes.DynamicArray;
import org.web3j.abi.datatypes.DynamicBytes;
import org.web3j.abi.datatypes.Function;
import org.web3j.abi.datatypes.Type;
import org.web3j.abi.datatypes.Utf8String;
import org.web3j.abi.datatypes.generated.Bytes32;
import org.web3j.abi.datatypes.generated.Uint256;

class AbiSignatureTest {

  private static BigInteger n(long value) {
    return BigInteger.valueOf(value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "transfer(address,uint256)|a9059cbb",
        "baz(uint32,bool)|cdcd77c0",
        "bar(bytes3[2])|fce353f6",
        "sam(bytes,bool,uint[])|a5643bf2",
        "f(uint256,uint32[],bytes10,bytes)|8be65246",
        "g(uint256[][],string[])|2289b18c"
      })
  void computesTheSelectorsOfSoliditysSpecification(String text, String selector) {
    assertThat(HexFormat.of().formatHex(AbiSignature.parse(text).selector())).isEqualTo(selector);
  }

  /** "Use of Dynamic Types" in the specification, word by word. */
  @Test
  void encodesTheNestedArraysOfSoliditysSpecification() {
    byte[] call =
        AbiSignature.parse("g(uint256[][],string[])")
            .encodeCall(
                List.of(List.of(n(1), n(2)), List.of(n(3))), List.of("one", "two", "three"));
    int[] words = {
      0x40, 0x140, 2, 0x40, 0xa0, 2, 1, 2, 1, 3, 3, 0x60, 0xa0, 0xe0, 3, -1, 3, -2, 5, -3
    };
    String[] texts = {"one", "two", "three"};
    StringBuilder expected = new StringBuilder("2289b18c");
    for (int word : words) {
      expected.append(
          word >= 0
              ? String.format("%064x", word)
              : HexFormat.of()
                  .formatHex(
                      Arrays.copyOf(texts[-word - 1].getBytes(StandardCharsets.US_ASCII), 32)));
    }
    assertThat(HexFormat.of().formatHex(call)).isEqualTo(expected.toString());
  }

  @Test
  void encodesWhatWeb3jEncodesWhereItIsRight() {
    Random random = new Random(5);
    for (int i = 0; i < 200; i++) {
      BigInteger number = new BigInteger(256, random);
      byte[] hash = new byte[32];
      random.nextBytes(hash);
      byte[] bytes = new byte[random.nextInt(100)];
      random.nextBytes(bytes);
      String text = "x".repeat(random.nextInt(70));
      String theirs =
          FunctionEncoder.encode(
              new Function(
                  "f",
                  List.<Type>of(
                      new Uint256(number),
                      new DynamicBytes(bytes),
                      new Bytes32(hash),
                      new Utf8String(text),
                      new DynamicArray<>(Uint256.class, new Uint256(number), new Uint256(i))),
                  List.of()));
      byte[] ours =
          AbiSignature.parse("f(uint256, bytes, bytes32, string, uint256[])")
              .encodeCall(number, bytes, hash, text, List.of(number, n(i)));
      assertThat("0x" + HexFormat.of().formatHex(ours)).isEqualTo(theirs);
    }
  }

  @Test
  void decodesWhatItEncoded() {
    AbiSignature f = AbiSignature.parse("f(int8,(address,bool,string)[],bytes4[2][],int256)");
    ChainAddress who = new ChainAddress("0x" + "ab".repeat(20));
    byte[] four = {1, 2, 3, 4};
    Object[] values = {
      n(-128),
      List.of(List.of(who, true, "ä"), List.of(who, false, "")),
      List.of(List.of(four, four)),
      BigInteger.ONE.shiftLeft(255).negate()
    };
    List<Object> decoded = f.decodeArguments(f.encodeArguments(values));
    assertThat(decoded).usingRecursiveComparison().isEqualTo(List.of(values));
  }

  @Test
  void refusesEncodingsThatAreCutOrPointOutside() {
    AbiSignature f = AbiSignature.parse("f(uint256[],string)");
    byte[] whole = f.encodeArguments(List.of(n(1), n(2)), "text of a few words");
    for (int length = 0; length < whole.length - 31; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> f.decodeArguments(cut)).isInstanceOf(OpenLedgerException.class);
    }
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      byte[] changed = whole.clone();
      changed[random.nextInt(changed.length)] = (byte) random.nextInt();
      try {
        f.decodeArguments(changed);
      } catch (OpenLedgerException e) {
        // the one exception that may come out
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "f",
        "f(",
        "f()x",
        "(uint)",
        "f(uint7)",
        "f(uint264)",
        "f(bytes33)",
        "f(bytes0)",
        "f(bool8)",
        "f(uint,)",
        "f(uint[0])",
        "f(uint[99999999999])",
        "f(function)",
        "f(uint)\n",
        "f(uint[][][][][][][][][][][])",
        "f((((((((((uint))))))))))"
      })
  void refusesWhatIsNoSignature(String text) {
    assertThatThrownBy(() -> AbiSignature.parse(text))
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageContaining("OPENLEDGER-1001");
  }

  @Test
  void refusesValuesOutOfTheirTypesRange() {
    AbiSignature f = AbiSignature.parse("f(uint8)");
    for (Object value : new Object[] {n(256), n(-1), "1", 1, new byte[1]}) {
      assertThatThrownBy(() -> f.encodeCall(value)).isInstanceOf(OpenLedgerException.class);
    }
    assertThatThrownBy(f::encodeCall).isInstanceOf(OpenLedgerException.class);
    assertThatThrownBy(() -> AbiSignature.parse("f(int8)").encodeCall(n(128)))
        .isInstanceOf(OpenLedgerException.class);
  }

  @Test
  void saysWhyACallWasReverted() {
    AbiSignature small = AbiSignature.parse("ClaimTooSmall(uint256,uint256)");
    RevertReason reasons = new RevertReason(List.of(small));
    assertThat(reasons.describe(small.encodeCall(n(3), n(5)))).isEqualTo("ClaimTooSmall(3, 5)");
    assertThat(reasons.describe(AbiSignature.parse("Error(string)").encodeCall("no\nmore\u202e")))
        .isEqualTo("no?more?");
    assertThat(reasons.describe(AbiSignature.parse("Panic(uint256)").encodeCall(n(0x11))))
        .isEqualTo("panic 0x11: arithmetic overflow");
    assertThat(reasons.describe(new byte[0])).contains("without a reason");
    assertThat(reasons.describe(new byte[] {1, 2, 3, 4})).contains("unknown error: 0x01020304");
    assertThat(reasons.describe(small.selector())).contains("no encoding of its error");
    assertThat(
            reasons
                .describe(AbiSignature.parse("Error(string)").encodeCall("x".repeat(9000)))
                .length())
        .isLessThan(400);
  }

  /** 60 KiB of offsets that all point to themselves or to the same long value. */
  @Test
  void refusesEncodingsThatBecomeMoreThanTheyAre() {
    int count = 1000;
    byte[] shared = new byte[32 * (count + 3) + 30_000];
    put(shared, 0, 32);
    put(shared, 32, count);
    for (int i = 0; i < count; i++) {
      put(shared, 64 + 32 * i, 32 * count);
    }
    put(shared, 64 + 32 * count, 30_000);
    assertThatThrownBy(() -> AbiSignature.parse("f(bytes[])").decodeArguments(shared))
        .isInstanceOf(OpenLedgerException.class);
    byte[] nested = new byte[60_000];
    for (int i = 0; i + 32 <= nested.length; i += 32) {
      put(nested, i, 32);
    }
    put(nested, 32, 1800);
    assertThatThrownBy(() -> AbiSignature.parse("f(uint8[][][][][][][])").decodeArguments(nested))
        .isInstanceOf(OpenLedgerException.class);
    byte[] empty = new byte[64];
    put(empty, 0, 32);
    put(empty, 32, 64);
    assertThatThrownBy(() -> AbiSignature.parse("f(()[4096][4096][])").decodeArguments(empty))
        .isInstanceOf(OpenLedgerException.class);
  }

  private static void put(byte[] in, int at, int number) {
    in[at + 30] = (byte) (number >> 8);
    in[at + 31] = (byte) number;
  }
}
