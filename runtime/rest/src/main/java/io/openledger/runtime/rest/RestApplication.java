package io.openledger.runtime.rest;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;

/**
 * Everything that is served, by name: servers differ in what they find by scanning. Health checks
 * are CDI beans and not named here.
 */
@ApplicationPath("/")
public class RestApplication extends Application {

  @Override
  public Set<Class<?>> getClasses() {
    return Set.of(
        ModelsResource.class,
        CompletionsResource.class,
        PayResource.class,
        AdaptersResource.class,
        ResidencyResource.class,
        ServingResource.class,
        DatanetsResource.class,
        ContributionsResource.class,
        SearchResource.class,
        InfiniGramResource.class,
        AttributeResource.class,
        ReceiptsResource.class,
        ReportsResource.class,
        PoliciesResource.class,
        LedgerResource.class,
        EpochsResource.class,
        GovernanceResource.class,
        GovernancePage.class,
        ClaimsResource.class,
        ClaimPage.class,
        ChainEventsResource.class,
        OutboxResource.class,
        EndpointsResource.class,
        OriginFilter.class,
        RoleFilter.class,
        AnswerHeaders.class,
        FailureMapper.class);
  }
}
