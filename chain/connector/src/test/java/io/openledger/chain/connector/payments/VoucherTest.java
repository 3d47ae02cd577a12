package io.openledger.chain.connector.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.LocalSigner;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

/**
 * Against figures that were computed by hand from EIP-712 with js-sha3; the contract itself and a
 * node's own EIP-712 are asked in {@link PaymentChannelContractTest}.
 */
class VoucherTest {

  private static final ChannelDomain DOMAIN =
      ChannelDomain.of(1612, new ChainAddress("0x5fbdb2315678afecb367f032d93f642f64180aa3"));
  private static final ChainAddress PAYEE =
      new ChainAddress("0x70997970c51812dc3a010c7d01b50e0d17dc79c8");

  private static LocalSigner payer() {
    return LocalSigner.fromDigits("11".repeat(32).toCharArray());
  }

  private static Channel channel(LocalSigner payer) {
    return new Channel(payer.address(), PAYEE, Hash256.parse("0".repeat(63) + "7"));
  }

  @Test
  void refusesAmountsThatNoChannelHolds() {
    Hash256 id = Hash256.ZERO;
    assertThatThrownBy(() -> new Voucher(id, Wei.ZERO)).isInstanceOf(OpenLedgerException.class);
    assertThatThrownBy(() -> new Voucher(id, new Wei(BigInteger.ONE.shiftLeft(96))))
        .isInstanceOf(OpenLedgerException.class);
    assertThat(new Voucher(id, new Wei(BigInteger.ONE.shiftLeft(96).subtract(BigInteger.ONE))))
        .isNotNull();
  }

  @Test
  void hashesAreThoseOfEip712() {
    LocalSigner payer = payer();
    assertThat(payer.address().value()).isEqualTo("0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a");
    assertThat(DOMAIN.separator().hex())
        .isEqualTo("a6bf2eb8cf4c0a8c4b09c844b82cb047fab322b5b08eea05402def3ef39dcebd");
    Hash256 id = channel(payer).id();
    assertThat(id.hex())
        .isEqualTo("f922b1010ca1a61c6dc25e1cae1579e25d37f0fce9d5c4ca6bdb7348f09a2625");
    assertThat(new Voucher(id, Wei.of(12345)).in(DOMAIN).digest().hex())
        .isEqualTo("31989e9f7d984449df95e625ccea075001f3e6afd706dca67ec18d8b35e83059");
  }

  @Test
  void aVoucherIsItsPayersForItsChannelContractAndChainAlone() {
    LocalSigner payer = payer();
    Channel channel = channel(payer);
    Voucher.Signed signed = new Voucher(channel.id(), Wei.of(5)).sign(DOMAIN, payer);
    assertThat(signed.by(channel, DOMAIN)).isTrue();
    assertThat(signed.by(channel, ChannelDomain.of(1613, DOMAIN.contract()))).isFalse();
    assertThat(signed.by(channel, ChannelDomain.of(1612, PAYEE))).isFalse();
    Channel other = new Channel(channel.payer(), PAYEE, Hash256.ZERO);
    assertThat(signed.by(other, DOMAIN)).isFalse();
    assertThat(
            new Voucher.Signed(new Voucher(channel.id(), Wei.of(6)), signed.signature())
                .by(channel, DOMAIN))
        .isFalse();
    Channel stolen = new Channel(PAYEE, PAYEE, channel.salt());
    assertThat(
            new Voucher.Signed(new Voucher(stolen.id(), Wei.of(5)), signed.signature())
                .by(stolen, DOMAIN))
        .isFalse();
  }

  @Test
  void whatIsPaidForIsMethodPathAndBody() {
    Hash256 body = Hash256.sha256("{}");
    Hash256 request = PaidCall.request("POST", "/v1/completions", body);
    assertThat(request)
        .isNotEqualTo(PaidCall.request("GET", "/v1/completions", body))
        .isNotEqualTo(PaidCall.request("POST", "/v1/chat/completions", body))
        .isNotEqualTo(PaidCall.request("POST", "/v1/completions", Hash256.sha256("{ }")));
    // sha256sum of the three lines, without a line feed at the end
    assertThat(request.hex())
        .isEqualTo("4a33fff5df7083ed78ec4e2f7ee0e7ead872959688ad961b24769c41da4f5675");
  }

  @Test
  void anAuthorizationIsNoVoucher() {
    LocalSigner payer = payer();
    Channel channel = channel(payer);
    PaidCall call = new PaidCall(channel.id(), Wei.of(5), Hash256.sha256("r"), Hash256.sha256("q"));
    assertThat(
            new Voucher.Signed(new Voucher(channel.id(), Wei.of(5)), payer.sign(call.in(DOMAIN)))
                .by(channel, DOMAIN))
        .isFalse();
  }
}
