package io.openledger.runtime.ledger;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.spi.Settlement;
import io.openledger.runtime.config.OpenLedgerConfig;
import io.openledger.runtime.config.OpenLedgerConfig.Party;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Who is credited besides contributors, as configured. Immutable. */
public final class Parties {

  private final OpenLedgerConfig config;
  private final Settlement settlement;

  /**
   * Over a configuration whose addresses are verified here.
   *
   * @throws OpenLedgerException {@link ErrorCode#CONFIGURATION_INVALID} for an address with a wrong
   *     checksum
   */
  public Parties(OpenLedgerConfig config, Settlement settlement) {
    this.config = config;
    this.settlement = settlement;
    all().forEach(this::address);
  }

  /**
   * The accounts of an answer of this model. A base model has no builder.
   *
   * @param builder the account of an adapter's builder, without its kind
   */
  public Map<FeeRole, AccountId> of(ModelInfo model, Function<ModelId, String> builder) {
    Map<FeeRole, AccountId> parties = new EnumMap<>(FeeRole.class);
    if (model.parent().isPresent()) {
      parties.put(
          FeeRole.ADAPTER_BUILDER, new AccountId(AccountId.Kind.PARTY, builder.apply(model.id())));
    }
    parties.put(FeeRole.BASE_MODEL_PUBLISHER, config.model().publisher().account());
    parties.put(FeeRole.NODE_OPERATOR, config.operator().account());
    parties.put(FeeRole.TREASURY, config.treasury().account());
    parties.put(FeeRole.STAKERS, config.stakers().account());
    return parties;
  }

  private List<Party> all() {
    List<Party> all = new ArrayList<>(config.adapters().builders().values());
    all.add(config.model().publisher());
    all.add(config.operator());
    all.add(config.treasury());
    all.add(config.stakers());
    return all;
  }

  private Optional<ChainAddress> address(Party party) {
    try {
      return party.address().map(settlement::parseAddress);
    } catch (OpenLedgerException e) {
      throw invalid(party, e.arrived(), e.allowed());
    }
  }

  /** Makes the accounts and their addresses known. */
  public void adopt(Connection c) throws SQLException {
    for (Party party : all()) {
      Optional<ChainAddress> address = address(party);
      Optional<ChainAddress> known = Accounts.conflict(c, party.account(), address);
      if (known.isPresent()) {
        throw invalid(
            party,
            "the address of account " + party.account() + " is another one than before",
            known.get() + ", because epochs have paid to it");
      }
      Accounts.adopt(c, party.account(), address);
    }
  }

  private static OpenLedgerException invalid(Party party, String arrived, String allowed) {
    return new OpenLedgerException(
        ErrorCode.CONFIGURATION_INVALID,
        arrived + " (account " + party.account() + ")",
        allowed,
        "correct the address in the configuration, or configure another account name");
  }
}
