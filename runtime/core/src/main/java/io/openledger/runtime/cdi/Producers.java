package io.openledger.runtime.cdi;

import io.openledger.api.AttributionContext;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.DatanetHandle;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.DatanetName;
import io.openledger.api.datanet.DatanetRepository;
import io.openledger.api.governance.PolicyGovernance;
import io.openledger.api.model.AttributedModel;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelName;
import io.openledger.api.model.ModelRegistry;
import io.openledger.api.provenance.ProvenanceReports;
import io.openledger.api.reward.RewardClaims;
import io.openledger.api.reward.RewardLedger;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.spi.InjectionPoint;
import java.lang.annotation.Annotation;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes what applications inject.
 *
 * <p>All of it is dependent: the objects hold nothing but a reference to the application, and the
 * named ones must see their injection point, because {@link ModelName} and {@link DatanetName} do
 * not bind by value: the names that exist are not known at deployment.
 */
@Dependent
public class Producers {

  @Produces
  AttributedModel model(Application application) {
    return new ServerModel(application, Optional.empty());
  }

  @Produces
  @ModelName("")
  AttributedModel namedModel(Application application, InjectionPoint point) {
    String name = qualifier(point, ModelName.class).value();
    return new ServerModel(application, Optional.of(new ModelId(name)));
  }

  @Produces
  ModelRegistry models(Application application) {
    return new ServerModels(application);
  }

  @Produces
  DatanetRepository datanets(Application application) {
    return new ServerDatanets(application);
  }

  @Produces
  @DatanetName("")
  DatanetHandle namedDatanet(Application application, InjectionPoint point) {
    String name = qualifier(point, DatanetName.class).value();
    return new NamedDatanet(new ServerDatanets(application), new DatanetId(name));
  }

  @Produces
  RewardLedger ledger(Application application) {
    return new ServerLedger(application);
  }

  @Produces
  RewardClaims claims(Application application) {
    return new ServerClaims(application);
  }

  @Produces
  ProvenanceReports reports(Application application) {
    return new ServerReports(application);
  }

  @Produces
  PolicyGovernance governance(Application application) {
    return new ServerGovernance(application);
  }

  @Produces
  AttributionContext context() {
    return new ThreadContext();
  }

  // A look-up may come without an injection point, or with one that says @Any only.
  private static <A extends Annotation> A qualifier(@Nullable InjectionPoint point, Class<A> type) {
    if (point != null) {
      for (Annotation qualifier : point.getQualifiers()) {
        if (type.isInstance(qualifier)) {
          return type.cast(qualifier);
        }
      }
    }
    throw new OpenLedgerException(
        ErrorCode.INVALID_ARGUMENT,
        "a look-up by @" + type.getSimpleName() + " that does not say the name",
        "an injection point with the annotation, or Instance.select with its literal",
        "say the name where it is looked up");
  }
}
