package io.openledger.runtime.rest;

import io.openledger.api.ErrorCode;
import io.openledger.api.datanet.ContributionDraft;
import io.openledger.api.datanet.ContributorId;
import io.openledger.api.datanet.ContributorShare;
import io.openledger.runtime.OpenLedgerServers;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A contribution whose text is the body and whose facts are query parameters, so that a file can be
 * sent as it is.
 */
final class PlainContribution {

  private static final Set<String> PARAMETERS =
      Set.of("key", "title", "licence", "contributor", "source", "language", "date", "purpose");

  private PlainContribution() {}

  static ContributionDraft draft(
      byte[] body, MediaType type, MultivaluedMap<String, String> query) {
    query.keySet().stream()
        .filter(name -> !PARAMETERS.contains(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw RequestException.parameter(name, "not known here", "one of " + PARAMETERS);
            });
    String charset = type.getParameters().getOrDefault("charset", "utf-8");
    if (!charset.equalsIgnoreCase("utf-8")) {
      throw new RequestException(
          ErrorCode.CONTRIBUTION_ENCODING,
          "charset",
          "a text in " + (charset.length() > 40 ? "another charset" : charset),
          "text in UTF-8",
          "convert the file to UTF-8 and send it again");
    }
    ContributionDraft.Builder draft =
        ContributionDraft.builder(body)
            .mediaType(type.getType() + "/" + type.getSubtype())
            .title(one(query, "title").orElse(""))
            .licence(one(query, "licence").orElse(""))
            .contributors(
                query.getOrDefault("contributor", List.of()).stream()
                    .map(PlainContribution::share)
                    .toList());
    one(query, "key").ifPresent(draft::key);
    one(query, "source").ifPresent(draft::source);
    one(query, "language").ifPresent(draft::language);
    one(query, "date").map(d -> Parameters.date("date", d)).ifPresent(draft::date);
    if (query.containsKey("purpose")) {
      draft.purposes(ContributionJson.purposes(query.getOrDefault("purpose", List.of())));
    }
    return draft.build();
  }

  private static Optional<String> one(MultivaluedMap<String, String> query, String name) {
    List<String> values = query.getOrDefault(name, List.of());
    if (values.size() > 1) {
      throw RequestException.parameter(name, values.size() + " values", "one value");
    }
    return values.isEmpty() ? Optional.empty() : Parameters.optional(values.get(0));
  }

  /** {@code name}, {@code name:basisPoints} or {@code name:basisPoints:address}. */
  private static ContributorShare share(String text) {
    String[] parts = text.split(":", 3);
    return new ContributorShare(
        new ContributorId(parts[0]),
        parts.length < 3
            ? Optional.empty()
            : Optional.of(OpenLedgerServers.require().parseAddress(parts[2])),
        parts.length < 2
            ? ContributorShare.WHOLE
            : (int) Parameters.whole("contributor", parts[1], 1, ContributorShare.WHOLE));
  }
}
