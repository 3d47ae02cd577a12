package io.openledger.serving.constraint;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.model.TokenPieces;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compiles JSON Schemas for one vocabulary, and keeps the last ones by digest, within {@value
 * #CACHE} bytes. Safe for any thread; it compiles on its caller's.
 *
 * <p>Supported: {@code type} (one or a list), {@code properties}, {@code required}, {@code
 * additionalProperties}; {@code items}, {@code minItems}, {@code maxItems}; {@code minLength},
 * {@code maxLength}, or {@code pattern}, or {@code format} (date, time, date-time, uuid, ipv4);
 * {@code minimum}, {@code maximum}, {@code exclusiveMinimum}, {@code exclusiveMaximum} of integers;
 * {@code enum}, {@code const}; {@code anyOf}, {@code allOf} of one; {@code $ref} to {@code #},
 * {@code #/$defs/…} or {@code #/definitions/…}; true, false and the empty schema. Annotations are
 * passed over, everything else is refused by name.
 *
 * <p>Written is: declared members alone, in their order; integers of 15 digits, numbers with 15
 * more and an exponent of two; no control character that has no short escape; at most one blank
 * behind a comma or a colon and no other white space; definitions that stand in themselves, and
 * values without a schema, as deep as fits the automaton's limits, at most {@value #DEPTH}.
 */
public final class Schemas {

  private static final int DEPTH = 7;
  private static final long CACHE = 64L << 20;
  private static final int LIMIT = 100_000;

  private final TokenPieces pieces;
  private final Set<Integer> ends;
  private final Map<Hash256, Constraint> known = new LinkedHashMap<>(16, 0.75f, true);
  private @Nullable TokenTrie trie;

  /**
   * @param ends tokens that end an answer, whatever bytes they stand for
   */
  public Schemas(TokenPieces pieces, Set<Integer> ends) {
    this.pieces = pieces;
    this.ends = Set.copyOf(ends);
  }

  /**
   * @throws OpenLedgerException {@link ErrorCode#INVALID_ARGUMENT} for what is no JSON, not
   *     supported, accepts nothing, or is over the limits of states and work
   */
  public Constraint compile(String schema) {
    if (schema.length() > LIMIT) {
      throw OpenLedgerException.invalid(
          "JSON Schema", schema.length() + " characters", "at most " + LIMIT);
    }
    Hash256 digest = Hash256.sha256(schema.getBytes(StandardCharsets.UTF_8));
    synchronized (known) {
      @Nullable Constraint found = known.get(digest);
      if (found != null) {
        return found;
      }
    }
    Constraint constraint = compiled(parsed(schema));
    synchronized (known) {
      known.put(digest, constraint);
      long bytes = known.values().stream().mapToLong(Constraint::bytes).sum();
      for (Iterator<Constraint> oldest = known.values().iterator();
          bytes > CACHE && known.size() > 1; ) {
        bytes -= oldest.next().bytes();
        oldest.remove();
      }
    }
    return constraint;
  }

  private static JsonElement parsed(String schema) {
    try {
      JsonReader reader = new JsonReader(new StringReader(schema));
      reader.setStrictness(Strictness.STRICT);
      JsonElement root = JsonParser.parseReader(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new JsonParseException("more than one value");
      }
      return root;
    } catch (JsonParseException | IOException | IllegalStateException | StackOverflowError e) {
      throw OpenLedgerException.invalid(
          "JSON Schema", "no JSON (" + e.getClass().getSimpleName() + ")", "one JSON value");
    }
  }

  private Constraint compiled(JsonElement root) {
    TokenTrie tokens = trie();
    TooLarge last = new TooLarge("no depth");
    for (int depth = DEPTH; depth > 0; depth--) {
      SchemaWriter writer = new SchemaWriter(root, depth);
      try {
        int end = writer.write();
        @Nullable Dfa dfa = Dfa.of(writer.nfa(), 0, end, tokens.single());
        if (dfa == null) {
          throw OpenLedgerException.invalid(
              "JSON Schema",
              "one that no value of the vocabulary meets",
              "one that some value meets");
        }
        return new Constraint(dfa, tokens, pieces.size(), pieces::of);
      } catch (TooLarge e) {
        last = e;
        if (!writer.deep()) {
          break;
        }
      }
    }
    throw OpenLedgerException.invalid(
        "JSON Schema",
        "one whose automaton has " + last.getMessage(),
        "smaller counts, fewer alternatives or simpler patterns");
  }

  /** Made when it is first needed: most engines are never asked for a schema. */
  private synchronized TokenTrie trie() {
    if (trie == null) {
      trie = new TokenTrie(pieces, ends);
    }
    return trie;
  }
}
