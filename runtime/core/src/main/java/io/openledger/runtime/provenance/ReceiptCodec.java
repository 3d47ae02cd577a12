package io.openledger.runtime.provenance;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.Evidence;
import io.openledger.api.attribution.InfluenceEstimate;
import io.openledger.api.attribution.RetrievedPassage;
import io.openledger.api.attribution.SpanCredit;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.TextAttribution;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.DatanetSnapshot;
import io.openledger.api.model.AdapterWeight;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.model.Usage;
import io.openledger.api.provenance.Receipt;
import io.openledger.api.provenance.ReceiptId;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.Credit;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.Wei;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A receipt's body as JSON and back. Absent values have no member. Above the usual length because
 * the two directions of one format belong side by side.
 */
public final class ReceiptCodec {

  /** The version of the form that credits each span to its first contribution. */
  static final String FORMAT_1 = "openledger-receipt-1";

  /**
   * The version of the form that says whom the parts of a span are credited to, and what is not
   * listed. A body that version 1 can say is written as version 1, so that what was kept in it is
   * written again to the same bytes, which have the same hash.
   */
  static final String FORMAT_2 = "openledger-receipt-2";

  /**
   * The version of the form that names the adapters that answered together. An answer of one model
   * by itself is written in an earlier version.
   */
  static final String FORMAT_3 = "openledger-receipt-3";

  private ReceiptCodec() {}

  /** The body's canonical JSON, of which its hash is the SHA-256. */
  public static String canonical(Receipt.Body body) {
    return CanonicalJson.write(write(body));
  }

  static JsonObject write(Receipt.Body b) {
    JsonObjectBuilder json =
        CanonicalJson.object()
            .add("format", format(b))
            .add("id", b.id().value())
            .add("at", b.at().toString())
            .add("payer", b.payer())
            .add("model", write(b.model()))
            .add(
                "policy",
                CanonicalJson.object()
                    .add("name", b.policy().name())
                    .add("version", b.policy().version())
                    .add("hash", b.policy().hash().hex()))
            .add("promptHash", b.promptHash().hex())
            .add("answerHash", b.answerHash().hex())
            .add(
                "usage",
                CanonicalJson.object()
                    .add("promptTokens", b.usage().promptTokens())
                    .add("completionTokens", b.usage().completionTokens()))
            .add("status", b.status().name())
            .add("attribution", write(b.attribution()))
            .add("fee", b.fee().toString())
            .add("credits", writeCredits(b.credits()));
    b.reason().ifPresent(reason -> json.add("reason", reason));
    if (!b.adapters().isEmpty()) {
      json.add("adapters", writeAdapters(b.adapters()));
    }
    return json.build();
  }

  private static String format(Receipt.Body b) {
    if (!b.adapters().isEmpty()) {
      return FORMAT_3;
    }
    return plain(b.attribution()) ? FORMAT_1 : FORMAT_2;
  }

  private static JsonArrayBuilder writeAdapters(List<Receipt.AdapterPart> adapters) {
    JsonArrayBuilder array = CanonicalJson.array();
    for (Receipt.AdapterPart a : adapters) {
      array.add(
          CanonicalJson.object()
              .add("id", a.id().value())
              .add("version", a.version())
              .add("digest", a.digest().hex())
              .add("weight", a.weight().value())
              .add("builder", a.builder().toString()));
    }
    return array;
  }

  private static boolean plain(TextAttribution a) {
    return a.unlisted().spans() == 0 && a.spans().stream().allMatch(ReceiptCodec::plain);
  }

  /** Whether everything is credited to the first contribution, which is not said then. */
  private static boolean plain(SpanMatch s) {
    ContributionId first = s.contributions().get(0);
    return s.credits().stream().allMatch(c -> c.earliest().equals(List.of(first)))
        && s.credits().size() <= 1;
  }

  private static JsonObjectBuilder write(ModelInfo m) {
    JsonObjectBuilder json =
        CanonicalJson.object()
            .add("id", m.id().value())
            .add("family", m.family())
            .add("digest", m.digest().hex())
            .add("contextLength", m.contextLength())
            .add("chat", m.chat());
    m.parent().ifPresent(parent -> json.add("parent", parent.value()));
    return json;
  }

  private static JsonObjectBuilder write(TextAttribution a) {
    JsonArrayBuilder datanets = CanonicalJson.array();
    for (DatanetSnapshot s : a.datanets()) {
      datanets.add(
          CanonicalJson.object()
              .add("datanet", s.datanet().value())
              .add("version", s.version())
              .add("accepted", s.accepted())
              .add("active", s.active())
              .add("root", s.root().hex()));
    }
    JsonArrayBuilder evidence = CanonicalJson.array();
    a.evidence().forEach(e -> evidence.add(write(e)));
    JsonObjectBuilder json =
        CanonicalJson.object()
            .add("tokens", a.tokens())
            .add("coveredTokens", a.coveredTokens())
            .add("datanets", datanets)
            .add("evidence", evidence);
    if (a.unlisted().spans() > 0) {
      json.add(
          "unlisted",
          CanonicalJson.object()
              .add("spans", a.unlisted().spans())
              .add("credited", credited(a.unlisted().credits())));
    }
    return json;
  }

  private static JsonArrayBuilder credited(List<SpanCredit> credits) {
    JsonArrayBuilder array = CanonicalJson.array();
    for (SpanCredit c : credits) {
      array.add(
          CanonicalJson.object()
              .add("contribution", c.contribution().toString())
              .add("millibits", c.millibits()));
    }
    return array;
  }

  private static JsonObjectBuilder write(Evidence evidence) {
    JsonObjectBuilder json = CanonicalJson.object();
    if (evidence instanceof SpanMatch s) {
      JsonArrayBuilder contributions = CanonicalJson.array();
      s.contributions().forEach(c -> contributions.add(c.toString()));
      json.add("kind", "span")
          .add("start", s.start())
          .add("end", s.end())
          .add("tokens", s.tokens())
          .add("millibits", s.millibits())
          .add("creditedMillibits", s.creditedMillibits())
          .add("occurrences", s.occurrences())
          .add("contributionCount", s.contributionCount())
          .add("contributions", contributions);
      if (!plain(s)) {
        json.add("credited", credited(s.credits()));
      }
    } else if (evidence instanceof InfluenceEstimate i) {
      json.add("kind", "influence")
          .add("contribution", i.contribution().toString())
          .add("nats", i.nats())
          .add("method", i.method());
    } else if (evidence instanceof RetrievedPassage p) {
      json.add("kind", "passage")
          .add("contribution", p.contribution().toString())
          .add("start", p.start())
          .add("end", p.end())
          .add("nats", p.nats());
    }
    return json;
  }

  private static JsonArrayBuilder writeCredits(List<Credit> credits) {
    JsonArrayBuilder array = CanonicalJson.array();
    for (Credit c : credits) {
      JsonObjectBuilder json =
          CanonicalJson.object()
              .add("role", c.role().name())
              .add("account", c.account().toString())
              .add("amount", c.amount().toString());
      c.contribution().ifPresent(id -> json.add("contribution", id.toString()));
      array.add(json);
    }
    return array;
  }

  /**
   * Reads what {@link #canonical} wrote, in each of its versions.
   *
   * @throws OpenLedgerException {@link ErrorCode#RECEIPT_FORM} for any other: what a later release
   *     says with it, and to whom money goes by it, must not be guessed
   */
  public static Receipt.Body parse(String canonical) {
    JsonObject b = CanonicalJson.parse(canonical);
    requireKnown(b);
    JsonObject policy = b.getJsonObject("policy");
    JsonObject usage = b.getJsonObject("usage");
    return new Receipt.Body(
        new ReceiptId(b.getString("id")),
        Instant.parse(b.getString("at")),
        b.getString("payer"),
        model(b.getJsonObject("model")),
        b.containsKey("adapters") ? adapters(b.getJsonArray("adapters")) : List.of(),
        new Receipt.PolicyReference(
            policy.getString("name"), policy.getInt("version"), hash(policy, "hash")),
        hash(b, "promptHash"),
        hash(b, "answerHash"),
        new Usage(usage.getInt("promptTokens"), usage.getInt("completionTokens")),
        Receipt.Status.valueOf(b.getString("status")),
        text(b, "reason"),
        attribution(b.getJsonObject("attribution")),
        Wei.parse(b.getString("fee")),
        b.getJsonArray("credits").getValuesAs(JsonObject.class).stream()
            .map(ReceiptCodec::credit)
            .toList());
  }

  private static void requireKnown(JsonObject b) {
    String format = b.getString("format", "");
    boolean mix = format.equals(FORMAT_3);
    if (!mix && !format.equals(FORMAT_1) && !format.equals(FORMAT_2)) {
      throw form("form '" + printable(format) + "'");
    }
    if (mix != b.containsKey("adapters")) {
      throw form("form " + format + (mix ? " without" : " with") + " adapters");
    }
  }

  private static String printable(String format) {
    return format.substring(0, Math.min(80, format.length())).replaceAll("\\p{Cntrl}", "?");
  }

  private static OpenLedgerException form(String arrived) {
    return new OpenLedgerException(
        ErrorCode.RECEIPT_FORM,
        "a receipt in " + arrived,
        FORMAT_1 + " and " + FORMAT_2 + " without adapters, " + FORMAT_3 + " with them",
        "read it with the release that wrote it, or a later one");
  }

  private static List<Receipt.AdapterPart> adapters(JsonArray array) {
    return array.getValuesAs(JsonObject.class).stream()
        .map(
            a ->
                new Receipt.AdapterPart(
                    new ModelId(a.getString("id")),
                    number(a, "version"),
                    hash(a, "digest"),
                    AdapterWeight.of(a.getJsonNumber("weight").doubleValue()),
                    AccountId.parse(a.getString("builder"))))
        .toList();
  }

  private static ModelInfo model(JsonObject m) {
    return new ModelInfo(
        new ModelId(m.getString("id")),
        text(m, "parent").map(ModelId::new),
        m.getString("family"),
        hash(m, "digest"),
        m.getInt("contextLength"),
        m.getBoolean("chat"));
  }

  private static TextAttribution attribution(JsonObject a) {
    return new TextAttribution(
        a.getJsonArray("evidence").getValuesAs(JsonObject.class).stream()
            .map(ReceiptCodec::evidence)
            .toList(),
        a.getJsonArray("datanets").getValuesAs(JsonObject.class).stream()
            .map(
                s ->
                    new DatanetSnapshot(
                        new DatanetId(s.getString("datanet")),
                        number(s, "version"),
                        number(s, "accepted"),
                        number(s, "active"),
                        hash(s, "root")))
            .toList(),
        a.getInt("tokens"),
        a.getInt("coveredTokens"),
        a.containsKey("unlisted")
            ? unlisted(a.getJsonObject("unlisted"))
            : TextAttribution.Unlisted.NONE);
  }

  private static TextAttribution.Unlisted unlisted(JsonObject u) {
    return new TextAttribution.Unlisted(u.getInt("spans"), credits(u.getJsonArray("credited")));
  }

  private static List<SpanCredit> credits(JsonArray array) {
    return array.getValuesAs(JsonObject.class).stream()
        .map(
            c ->
                new SpanCredit(
                    ContributionId.parse(c.getString("contribution")), number(c, "millibits")))
        .toList();
  }

  private static Evidence evidence(JsonObject e) {
    return switch (e.getString("kind")) {
      case "span" -> span(e);
      case "influence" ->
          new InfluenceEstimate(
              ContributionId.parse(e.getString("contribution")),
              e.getJsonNumber("nats").doubleValue(),
              e.getString("method"));
      default ->
          new RetrievedPassage(
              ContributionId.parse(e.getString("contribution")),
              e.getInt("start"),
              e.getInt("end"),
              e.getJsonNumber("nats").doubleValue());
    };
  }

  private static SpanMatch span(JsonObject e) {
    SpanMatch plain =
        new SpanMatch(
            e.getInt("start"),
            e.getInt("end"),
            e.getInt("tokens"),
            number(e, "millibits"),
            number(e, "creditedMillibits"),
            number(e, "occurrences"),
            number(e, "contributionCount"),
            ids(e.getJsonArray("contributions")));
    return e.containsKey("credited")
        ? plain.withSources(plain.contributions(), credits(e.getJsonArray("credited")))
        : plain;
  }

  private static Credit credit(JsonObject c) {
    return new Credit(
        FeeRole.valueOf(c.getString("role")),
        AccountId.parse(c.getString("account")),
        text(c, "contribution").map(ContributionId::parse),
        Wei.parse(c.getString("amount")));
  }

  private static List<ContributionId> ids(JsonArray array) {
    return array.getValuesAs(JsonString.class).stream()
        .map(s -> ContributionId.parse(s.getString()))
        .toList();
  }

  private static Optional<String> text(JsonObject o, String member) {
    return o.containsKey(member) ? Optional.of(o.getString(member)) : Optional.empty();
  }

  // canonical JSON may write large integers as 1.0E21 does: read as a double's exact value
  private static long number(JsonObject o, String member) {
    return o.getJsonNumber(member).bigDecimalValue().longValueExact();
  }

  private static Hash256 hash(JsonObject o, String member) {
    return Hash256.parse(o.getString(member));
  }
}
