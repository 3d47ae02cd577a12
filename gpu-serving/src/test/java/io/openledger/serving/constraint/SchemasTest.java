package io.openledger.serving.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.model.TokenPieces;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Schemas against an independent validator, and bounds for those that are hostile. */
@Timeout(120)
class SchemasTest {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final JsonSchemaFactory VALIDATORS =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);

  private final TokenPieces pieces;
  private final Schemas schemas;

  SchemasTest() throws Exception {
    pieces = Vocabularies.pieces();
    schemas = new Schemas(pieces, Set.of(Vocabularies.END));
  }

  /** The text that random choices among allowed tokens make; null when it did not end. */
  private String written(Constraint constraint, Random random, int most) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int state = 0;
    // How much this writer likes to end things.
    int hurry = 1 + random.nextInt(30);
    for (int step = 0; step < most; step++) {
      if (constraint.complete(state) || constraint.accepts(state) && random.nextInt(4) == 0) {
        return out.toString(StandardCharsets.UTF_8);
      }
      long[] mask = constraint.mask(state);
      List<Integer> allowed = new ArrayList<>();
      for (int token = 0; token < pieces.size(); token++) {
        if ((mask[token >> 6] >> token & 1) != 0) {
          int times = step > 20 && "\"]}".contains(text(pieces.of(token))) ? hurry : 1;
          for (int i = 0; i < times; i++) {
            allowed.add(token);
          }
        }
      }
      assertThat(allowed).as("tokens after %s", out).isNotEmpty();
      int token = allowed.get(random.nextInt(allowed.size()));
      out.writeBytes(pieces.of(token));
      state = constraint.next(state, token);
    }
    return constraint.accepts(state) ? out.toString(StandardCharsets.UTF_8) : null;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static void valid(String schema, String text, String as) throws Exception {
    JsonNode value = MAPPER.readTree(text);
    SchemaValidatorsConfig config =
        SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
    JsonSchema validator = VALIDATORS.getSchema(schema, config);
    assertThat(validator.validate(value)).as("%s%n%s%n%s", as, schema, text).isEmpty();
  }

  /** Random schemas of what is supported. */
  private static final class Maker {
    private final Random random;

    Maker(Random random) {
      this.random = random;
    }

    private static String quoted(String text) {
      return JsonText.quoted(text);
    }

    String schema(int depth) {
      return switch (random.nextInt(depth > 0 ? 15 : 10)) {
        case 0 -> string();
        case 1 -> integer();
        case 2 -> "{\"type\": \"number\"}";
        case 3 -> "{\"type\": [\"boolean\", \"null\"]}";
        case 4 -> "{\"enum\": [1, 1.50, \"a\\\"\\u0007é\", null, {\"x\": [1, \"b\"]}]}";
        case 5 -> "{\"const\": " + quoted("c\n" + random.nextInt(9)) + "}";
        case 6 -> "{\"type\": \"string\", \"enum\": [\"low\", \"high\", 3]}";
        case 7 -> string();
        case 8 -> "{\"$ref\": \"#/$defs/tree\"}";
        case 9 -> random.nextBoolean() ? "{}" : "{\"type\": \"object\"}";
        case 10, 11 -> object(depth);
        case 12, 13 -> array(depth);
        default ->
            "{\"anyOf\": [" + schema(depth - 1) + ", " + schema(depth - 1) + "], \"title\": \"t\"}";
      };
    }

    private String string() {
      int least = random.nextInt(4);
      return switch (random.nextInt(5)) {
        case 0 -> "{\"type\": \"string\"}";
        case 1 -> "{\"type\": \"string\", \"maxLength\": " + random.nextInt(6) + "}";
        case 2 ->
            "{\"minLength\": " + least + ", \"maxLength\": " + (least + random.nextInt(5)) + "}";
        case 3 ->
            "{\"type\": \"string\", \"format\": "
                + quoted(List.of("date", "date-time", "uuid", "ipv4").get(random.nextInt(4)))
                + "}";
        default ->
            "{\"type\": \"string\", \"pattern\": "
                + quoted(
                    List.of("^[a-z]{2,4}-\\d+$", "^(?:a|b.)*$", "x[^\\s\"]{2}", "^\\S+\\w?\\.$|é")
                        .get(random.nextInt(4)))
                + "}";
      };
    }

    private String integer() {
      int least = random.nextInt(400) - 200;
      return switch (random.nextInt(3)) {
        case 0 -> "{\"type\": \"integer\"}";
        case 1 -> "{\"type\": \"integer\", \"minimum\": " + least + "}";
        default ->
            "{\"type\": \"integer\", \"exclusiveMinimum\": "
                + least
                + ", \"maximum\": "
                + (least + 1 + random.nextInt(300))
                + "}";
      };
    }

    private String object(int depth) {
      if (random.nextInt(4) == 0) {
        return "{\"type\": \"object\", \"additionalProperties\": " + schema(depth - 1) + "}";
      }
      int count = random.nextInt(5);
      String members =
          IntStream.range(0, count)
              .mapToObj(i -> quoted("k\"" + i) + ": " + schema(depth - 1))
              .collect(Collectors.joining(", "));
      String required =
          IntStream.range(0, count)
              .filter(i -> random.nextBoolean())
              .mapToObj(i -> quoted("k\"" + i))
              .collect(Collectors.joining(", "));
      return "{\"type\": \"object\", \"properties\": {"
          + members
          + "}, \"required\": ["
          + required
          + "], \"additionalProperties\": "
          + random.nextBoolean()
          + "}";
    }

    private String array(int depth) {
      int least = random.nextInt(3);
      return "{\"type\": \"array\", \"items\": "
          + schema(depth - 1)
          + (random.nextBoolean() ? ", \"minItems\": " + least : "")
          + (random.nextBoolean() ? ", \"maxItems\": " + (least + random.nextInt(3)) : "")
          + "}";
    }

    /** With a definition that stands in itself. */
    String root() {
      String inner = schema(2);
      String tree =
          "{\"type\": \"object\", \"properties\": {\"name\": {\"type\": \"string\"}, \"item\":"
              + " {\"type\": \"array\", \"items\": {\"$ref\": \"#/$defs/tree\"}}},"
              + " \"required\": [\"name\"], \"additionalProperties\": false}";
      String separator = inner.equals("{}") ? "" : ", ";
      return inner.substring(0, inner.length() - 1)
          + separator
          + "\"$defs\": {\"tree\": "
          + tree
          + "}}";
    }
  }

  @Test
  void writesOnlyWhatAnIndependentValidatorAccepts() throws Exception {
    long seed = 97;
    Random random = new Random(seed);
    Maker maker = new Maker(random);
    int ended = 0;
    int compiled = 0;
    for (int round = 0; round < 2500; round++) {
      String schema = maker.root();
      String as = "seed " + seed + ", round " + round;
      Constraint constraint;
      try {
        constraint = schemas.compile(schema);
      } catch (OpenLedgerException e) {
        // Free values in free values within counted arrays can be too large; nothing else here.
        assertThat(e.arrived()).as("%s%n%s", as, schema).contains("automaton has more than");
        continue;
      }
      compiled++;
      for (int i = 0; i < 3; i++) {
        String text = written(constraint, random, 500);
        if (text != null) {
          ended++;
          valid(schema, text, as);
        }
      }
    }
    assertThat(compiled).as("schemas").isGreaterThan(2400);
    assertThat(ended).as("answers that ended, of %d", 3 * compiled).isGreaterThan(2 * compiled);
  }

  @Test
  void allowsTheTokensThatAPlainWalkAllows() throws Exception {
    long seed = 31;
    Random random = new Random(seed);
    Maker maker = new Maker(random);
    for (int round = 0; round < 60; round++) {
      String schema = maker.root();
      Constraint constraint;
      try {
        constraint = schemas.compile(schema);
      } catch (OpenLedgerException e) {
        continue;
      }
      int state = 0;
      for (int step = 0; step < 25 && !constraint.complete(state); step++) {
        long[] mask = constraint.mask(state);
        List<Integer> allowed = new ArrayList<>();
        for (int token = 0; token < pieces.size(); token++) {
          boolean goes =
              pieces.of(token).length > 0 && !pieces.special(token) && token != Vocabularies.END;
          try {
            constraint.next(state, token);
          } catch (IllegalStateException e) {
            goes = false;
          }
          assertThat((mask[token >> 6] >> token & 1) != 0)
              .as("seed %d, round %d, step %d, token %d", seed, round, step, token)
              .isEqualTo(goes);
          if (goes) {
            allowed.add(token);
          }
        }
        state = constraint.next(state, allowed.get(random.nextInt(allowed.size())));
      }
    }
  }

  private boolean accepts(Constraint constraint, String text) {
    int state = 0;
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      try {
        state = constraint.next(state, each & 0xFF);
      } catch (IllegalStateException e) {
        return false;
      }
    }
    return constraint.accepts(state);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "^a",
        "a$",
        "^a$",
        "^$",
        "^a|b$",
        "^(?:a|b)*0$",
        "^(a|ab)(b|ba)$",
        "a{2}",
        "^a{2,}b?$",
        "^a{0,2}b{1,3}$",
        "[ab0]-",
        "^[^a]*$",
        "^[a\\-0]+$",
        "\\d",
        "^\\D\\w$",
        "^.b.$",
        "(a|b)-\\1?x",
        "^(a*)*b$",
        "^(?:a+?b)+$",
        "^((a|b|)0){2}$",
        "^[\\d-]+$",
        "^[\\w]{3}$",
        "^\\x61\\u0062?$"
      })
  void findsPatternsWhereJavasOwnFindsThem(String pattern) {
    if (pattern.contains("\\1")) {
      refused("pattern with '\\1'", "{\"pattern\": " + JsonText.quoted(pattern) + "}");
      return;
    }
    Constraint constraint = schemas.compile("{\"pattern\": " + JsonText.quoted(pattern) + "}");
    java.util.regex.Pattern plain = java.util.regex.Pattern.compile(pattern);
    List<String> texts = new ArrayList<>(List.of(""));
    for (int i = 0; i < texts.size() && texts.get(i).length() < 5; i++) {
      for (String next : List.of("a", "b", "0", "-")) {
        texts.add(texts.get(i) + next);
      }
    }
    for (String text : texts) {
      assertThat(accepts(constraint, '"' + text + '"'))
          .as("%s in %s", pattern, text)
          .isEqualTo(plain.matcher(text).find());
    }
  }

  @Test
  void writesEachIntegerWithinItsBoundsAndNoOther() {
    long seed = 3;
    Random random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      int least = random.nextInt(260) - 130;
      int most = least + random.nextInt(140);
      Constraint constraint =
          schemas.compile(
              "{\"type\": \"integer\", \"minimum\": " + least + ", \"maximum\": " + most + "}");
      for (int value = -300; value <= 300; value++) {
        assertThat(accepts(constraint, Integer.toString(value)))
            .as("%d in %d to %d", value, least, most)
            .isEqualTo(least <= value && value <= most);
      }
      assertThat(accepts(constraint, "-0")).isFalse();
      assertThat(accepts(constraint, "01")).isFalse();
    }
  }

  @Test
  void spellsEachCharacterInOneWay() {
    long seed = 19;
    Random random = new Random(seed);
    Constraint one = schemas.compile("{\"minLength\": 1, \"maxLength\": 1}");
    for (int round = 0; round < 4000; round++) {
      int point = random.nextInt(round % 2 == 0 ? 0x200 : 0x110000);
      if (Character.getType(point) == Character.SURROGATE) {
        continue;
      }
      String character = Character.toString(point);
      String spelled = JsonText.quoted(character);
      assertThat(accepts(one, spelled)).as("U+%x", point).isEqualTo(!spelled.contains("\\u"));
      assertThat(accepts(one, "\"" + String.format("\\u%04x", point) + "\"")).isFalse();
      assertThat(accepts(one, JsonText.quoted(character + "x"))).isFalse();
    }
    Constraint greek = schemas.compile("{\"pattern\": \"^[α-ω]$\"}");
    for (int point = 0x20; point < 0x3000; point++) {
      assertThat(accepts(greek, JsonText.quoted(Character.toString(point))))
          .isEqualTo(point >= 'α' && point <= 'ω');
    }
  }

  private void refused(String named, String schema) {
    assertThatThrownBy(() -> schemas.compile(schema))
        .as(schema)
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
              assertThat(e.arrived()).contains(named);
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "oneOf | {\"oneOf\": [{}, {}]}",
        "not | {\"not\": {}}",
        "if | {\"if\": {}}",
        "uniqueItems | {\"type\": \"array\", \"uniqueItems\": true}",
        "multipleOf | {\"type\": \"integer\", \"multipleOf\": 3}",
        "minimum beside type number | {\"type\": \"number\", \"minimum\": 3}",
        "patternProperties | {\"type\": \"object\", \"patternProperties\": {}}",
        "minProperties | {\"type\": \"object\", \"minProperties\": 1}",
        "prefixItems | {\"type\": \"array\", \"prefixItems\": [{}]}",
        "allOf of 2 | {\"allOf\": [{}, {}]}",
        "anyOf beside type | {\"anyOf\": [{}], \"type\": \"string\"}",
        "$ref beside type | {\"$ref\": \"#/$defs/a\", \"type\": \"string\"}",
        "$ref http://x/y | {\"$ref\": \"http://x/y\"}",
        "to nothing | {\"$ref\": \"#/$defs/a\"}",
        "enum or const beside minLength | {\"enum\": [\"a\"], \"minLength\": 3}",
        "required b | {\"type\": \"object\", \"properties\": {\"a\": {}}, \"required\": [\"b\"]}",
        "format email | {\"type\": \"string\", \"format\": \"email\"}",
        "type text | {\"type\": \"text\"}",
        "minLength beside type integer | {\"type\": \"integer\", \"minLength\": 1}",
        "beside each other | {\"minLength\": 1, \"pattern\": \"a\"}",
        "'(?=' | {\"pattern\": \"(?=a)b\"}",
        "no JSON | {\"type\": \"string\"",
        "no JSON | {type: string}",
        "no JSON | {} {}",
        "neither an object | 3",
        "no value | false",
        "no value | {\"type\": \"integer\", \"minimum\": 3, \"maximum\": 2}",
        "no value | {\"enum\": []}",
        "no value | {\"$ref\": \"#\"}",
      })
  void refusesByName(String named, String schema) {
    refused(named, schema);
  }

  static List<String> hostile() {
    String laughs =
        IntStream.range(0, 30)
            .mapToObj(
                i ->
                    "\"d%d\": {\"anyOf\": [{\"$ref\": \"#/$defs/d%d\"}, {\"$ref\": \"#/$defs/d%d\"}]}"
                        .formatted(i, i + 1, i + 1))
            .collect(Collectors.joining(", "));
    return List.of(
        "{\"pattern\": \"^(?:a|b)*a(?:a|b){200}$\"}",
        "{\"pattern\": \"a.{2000}$\"}",
        "{\"pattern\": \"((((a{1000}){1000}){1000}){1000})\"}",
        "{\"pattern\": \"((((){1000}){1000}){1000})\"}",
        "{\"pattern\": \"" + "(".repeat(5000) + "\"}",
        "{\"maxLength\": 1000000}",
        "{\"type\": \"array\", \"minItems\": 1000000}",
        "{\"type\": \"array\", \"items\": {}, \"minItems\": 3000}",
        "{\"$defs\": {" + laughs + ", \"d30\": {\"type\": \"null\"}}, \"$ref\": \"#/$defs/d0\"}",
        "[".repeat(90_000),
        "{\"items\": ".repeat(240) + "{}" + "}".repeat(240),
        "{\"type\": \"array\", \"items\": {\"anyOf\": ["
            + "{\"type\": \"object\"}, ".repeat(4000)
            + "{}]}}");
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void refusesInBoundedTimeWhatIsTooLarge(String schema) {
    assertThatThrownBy(() -> schemas.compile(schema))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
  }

  @Test
  void keepsTheLastSchemasAndNotAllOfThem() {
    Constraint first = schemas.compile("{\"maxLength\": 900}");
    assertThat(schemas.compile("{\"maxLength\": 900}")).isSameAs(first);
    long bytes = 0;
    for (int i = 0; bytes < 3 * (64L << 20); i++) {
      bytes += schemas.compile("{\"maxLength\": " + (901 + i) + "}").bytes();
    }
    assertThat(schemas.compile("{\"maxLength\": 900}")).isNotSameAs(first);
  }
}
