package io.openledger.serving.model;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.Importable;
import com.hubspot.jinjava.lib.filter.FilterLibrary;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ChatMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint's chat template, run by Jinjava as Hugging Face runs it by Jinja2: blocks trimmed,
 * the template's last line end dropped, {@code raise_exception}, {@code bos_token}, {@code
 * eos_token}, {@code add_generation_prompt}.
 *
 * <p>A template is a program of somebody else's: it sees texts only, cannot load anything, and ends
 * at a limit of time, output and depth. Safe for any thread.
 */
public final class ChatTemplate {

  private static final long FILE_LIMIT = 1 << 20;
  private static final int OUTPUT_LIMIT = 4 << 20;

  /** How many values a list may have, those in its lists counted, too. */
  static final int MOST_VALUES = 100_000;

  private static final long NANOSECONDS = TimeUnit.SECONDS.toNanos(10);
  private static final int SHOWN = 200;
  private static final String TEMPLATE = "chat_template.jinja";
  private static final String SETTINGS = "tokenizer_config.json";
  private static final String NOW = "strftime_now_is";

  /** As Jinja2 has it; the others of Jinjava's forms, above all blanks within tags, are not. */
  private static final LegacyOverrides JINJA2 =
      LegacyOverrides.newBuilder()
          .withEvaluateMapKeys(true)
          .withIterateOverMapKeys(true)
          .withUsePyishObjectMapper(true)
          .withUseNaturalOperatorPrecedence(true)
          .withParseWhitespaceControlStrictly(true)
          .withAllowAdjacentTextNodes(true)
          .withUseTrimmingForNotesAndExpressions(true)
          .withKeepNullableLoopValues(true)
          .withHandleBackslashInQuotesOnly(true)
          .build();

  /** What Jinja2 and templates of this field have, of what Jinjava has. */
  private static final Set<String> FILTERS =
      Set.of(
          "abs",
          "capitalize",
          "count",
          "d",
          "default",
          "dictsort",
          "e",
          "escape",
          "first",
          "float",
          "int",
          "join",
          "last",
          "length",
          "list",
          "lower",
          "map",
          "reject",
          "rejectattr",
          "replace",
          "reverse",
          "round",
          "safe",
          "select",
          "selectattr",
          "sort",
          "string",
          "sum",
          "title",
          "tojson",
          "trim",
          "unique",
          "upper");

  private static final Map<Context.Library, Set<String>> DISABLED =
      Map.of(
          Context.Library.FILTER,
          new FilterLibrary(true, Set.of())
              .entries().stream()
                  .map(Importable::getName)
                  .filter(name -> !FILTERS.contains(name))
                  .collect(Collectors.toSet()),
          Context.Library.TAG,
          Set.of("include", "import", "from", "extends", "block", "cycle", "autoescape", "print"));

  private static final Pattern BLANK = Pattern.compile("\\s");

  // lstrip_blocks: Jinjava's own takes blanks that do not begin a line, too.
  private static final Pattern INDENTED = Pattern.compile("(?m)^[ \\t]+(?=\\{[%#](?!\\+))");
  // From a name's beginning alone: else each of its parts would be looked through to its end.
  private static final Pattern REVERSED =
      Pattern.compile("(?<![\\w.])([A-Za-z_][\\w.]*+)\\[::-1\\]");

  private final String source;
  private final Map<String, Object> constants;
  private final LongSupplier nanoTime;
  private final Clock clock;

  private ChatTemplate(
      String source, Map<String, Object> constants, LongSupplier nanoTime, Clock clock) {
    // As Jinja2 does; Jinjava would take the line end off the output instead.
    String whole = source.endsWith("\n") ? source.substring(0, source.length() - 1) : source;
    // The one slice with a step that templates have; Jinjava has none.
    this.source =
        REVERSED.matcher(INDENTED.matcher(whole).replaceAll("")).replaceAll("($1|reverse|list)");
    this.constants = constants;
    this.nanoTime = nanoTime;
    this.clock = clock;
  }

  /**
   * Reads {@code chat_template.jinja}, or {@code chat_template} of {@code tokenizer_config.json}.
   *
   * @param nanoTime a clock that never goes back, for the limit of time
   * @param clock tells templates that ask what time it is
   * @return empty when the checkpoint has none
   */
  public static Optional<ChatTemplate> read(Path folder, LongSupplier nanoTime, Clock clock) {
    Optional<JsonFile> settings =
        Files.isRegularFile(folder.resolve(SETTINGS))
            ? Optional.of(
                JsonFile.read(folder.resolve(SETTINGS), 16 * FILE_LIMIT, Broken.CHECKPOINT))
            : Optional.empty();
    Map<String, Object> constants =
        Map.of(
            "bos_token", token(settings, "bos_token"),
            "eos_token", token(settings, "eos_token"),
            "add_generation_prompt", true);
    return text(folder)
        .or(() -> settings.flatMap(json -> json.get("chat_template")).flatMap(ChatTemplate::text))
        .map(source -> new ChatTemplate(source, constants, nanoTime, clock));
  }

  private static Optional<String> text(Path folder) {
    Path file = folder.resolve(TEMPLATE);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      long size = Files.size(file);
      if (size > FILE_LIMIT) {
        throw Broken.CHECKPOINT.because(
            TEMPLATE + " has " + size + " bytes", "at most " + FILE_LIMIT);
      }
      return Optional.of(Files.readString(file));
    } catch (IOException e) {
      throw Broken.CHECKPOINT.because(TEMPLATE + " cannot be read as UTF-8", "a text file", e);
    }
  }

  /** One text, or a list of named ones of which the default is taken. */
  private static Optional<String> text(JsonElement value) {
    if (value instanceof JsonPrimitive text && text.isString()) {
      return Optional.of(text.getAsString());
    }
    if (value instanceof JsonArray named) {
      for (JsonElement each : named) {
        if (each instanceof JsonObject one
            && one.get("name") instanceof JsonPrimitive name
            && name.getAsString().equals("default")
            && one.get("template") instanceof JsonPrimitive template) {
          return Optional.of(template.getAsString());
        }
      }
    }
    return Optional.empty();
  }

  private static String token(Optional<JsonFile> settings, String key) {
    @Nullable JsonElement value = settings.flatMap(json -> json.get(key)).orElse(null);
    if (value instanceof JsonObject added) {
      value = added.get("content");
    }
    return value instanceof JsonPrimitive text && text.isString() ? text.getAsString() : "";
  }

  /**
   * The text of a conversation, with the prompt for an answer.
   *
   * @throws OpenLedgerException {@link ErrorCode#CHAT_TEMPLATE}
   */
  public String render(List<ChatMessage> messages) {
    // Jinjava loads classes of its own by the thread's context, which on a server is an
    // application's
    Thread thread = Thread.currentThread();
    ClassLoader callers = thread.getContextClassLoader();
    thread.setContextClassLoader(Jinjava.class.getClassLoader());
    try {
      return renderHere(messages);
    } finally {
      thread.setContextClassLoader(callers);
    }
  }

  private String renderHere(List<ChatMessage> messages) {
    long deadline = nanoTime.getAsLong() + NANOSECONDS;
    Jinjava jinjava = new Jinjava(config(deadline));
    jinjava.setResourceLocator(
        (name, encoding, interpreter) -> {
          throw new IOException("templates cannot load anything");
        });
    if (loopsWithCondition(source)) {
      throw refuse("a loop with a condition (for … in … if …)");
    }
    Context context = jinjava.getGlobalContext();
    context.registerFunction(
        new ELFunctionDefinition("", "raise_exception", ChatTemplate.class, "raise", Object.class));
    context.registerFunction(
        new ELFunctionDefinition("", "strftime_now", ChatTemplate.class, "timeNow", Object.class));
    context.registerFilter(new TemplateJson(OUTPUT_LIMIT));
    context.registerTag(new TemplateSize.BoundedSet());
    List<Map<String, String>> shown = messages.stream().map(ChatTemplate::shown).toList();
    Map<String, Object> bindings = new HashMap<>(constants);
    bindings.put("messages", shown);
    bindings.put(NOW, ZonedDateTime.now(clock).toString());
    RenderResult result;
    try {
      result = jinjava.renderForResult(source, bindings);
    } catch (Overtime e) {
      throw refuse("the template did not end");
    } catch (RuntimeException | StackOverflowError e) {
      throw refuse("the template failed (" + e.getClass().getSimpleName() + ")");
    }
    for (TemplateError error : result.getErrors()) {
      throw refuse("line " + error.getLineno() + ": " + told(error, messages));
    }
    return result.getOutput();
  }

  /**
   * Whether a tag is {@code for … in … if …}: Jinjava passes over the condition, and the loop's
   * body with it. An {@code else} makes it a choice between lists. One pass over the template.
   */
  static boolean loopsWithCondition(String source) {
    int end = 0;
    for (int at = source.indexOf("{%"); at >= 0; at = source.indexOf("{%", end)) {
      end = source.indexOf("%}", at + 2);
      if (end < 0) {
        return false;
      }
      String tag = BLANK.matcher(source.substring(at + 2, end)).replaceAll(" ") + " ";
      if (tag.startsWith("-") || tag.startsWith("+")) {
        tag = tag.substring(1);
      }
      int in = tag.indexOf(" in ", Math.max(0, tag.lastIndexOf(" else ") - 3));
      if (tag.stripLeading().startsWith("for ") && in >= 0 && tag.lastIndexOf(" if ") >= in + 4) {
        return true;
      }
    }
    return false;
  }

  private JinjavaConfig config(long deadline) {
    return JinjavaConfig.newBuilder()
        .withLegacyOverrides(JINJA2)
        .withElResolver(new TemplateMethods(OUTPUT_LIMIT))
        .withDisabled(DISABLED)
        .withTrimBlocks(true)
        .withKeepTrailingNewline(true)
        .withNestedInterpretationEnabled(false)
        .withEnableRecursiveMacroCalls(false)
        .withMaxRenderDepth(20)
        .withMaxMacroRecursionDepth(20)
        .withMaxOutputSize(OUTPUT_LIMIT)
        .withMaxStringLength(OUTPUT_LIMIT)
        .withMaxListSize(MOST_VALUES)
        .withMaxMapSize(MOST_VALUES)
        .withRangeLimit(10_000)
        .withNodePreProcessor(
            (node, interpreter) -> {
              if (nanoTime.getAsLong() - deadline > 0) {
                throw new Overtime();
              }
            })
        .build();
  }

  /** In the order in which Hugging Face's messages are written. */
  private static Map<String, String> shown(ChatMessage message) {
    Map<String, String> shown = new LinkedHashMap<>();
    shown.put("role", message.role().label());
    shown.put("content", message.content());
    return shown;
  }

  /** What a template calls for the time. */
  static Object timeNow(@Nullable Object format) {
    @Nullable Object now = JinjavaInterpreter.getCurrent().getContext().get(NOW);
    return TemplateTime.format(String.valueOf(format), ZonedDateTime.parse(String.valueOf(now)));
  }

  /** What a template calls to refuse its messages. */
  static Object raise(@Nullable Object message) {
    throw new Raised(String.valueOf(message));
  }

  /** An error, because Jinjava collects exceptions and goes on. */
  private static final class Overtime extends Error {
    private static final long serialVersionUID = 1L;
  }

  static final class Raised extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Raised(String message) {
      super(message);
    }
  }

  /** A template may repeat what it was given; a refusal must not. */
  private static String told(TemplateError error, List<ChatMessage> messages) {
    Throwable cause = error.getException();
    while (cause != null && !(cause instanceof Raised)) {
      cause = cause.getCause();
    }
    if (cause == null) {
      return String.valueOf(error.getReason());
    }
    String raised = String.valueOf(cause.getMessage());
    boolean repeats =
        messages.stream().anyMatch(m -> !m.content().isBlank() && raised.contains(m.content()));
    return repeats ? "refused" : raised.substring(0, Math.min(SHOWN, raised.length()));
  }

  private static OpenLedgerException refuse(String arrived) {
    return new OpenLedgerException(
        ErrorCode.CHAT_TEMPLATE,
        arrived,
        "messages that the checkpoint's chat template accepts, and a template that ends within 10 s"
            + " and "
            + OUTPUT_LIMIT
            + " bytes",
        "change the messages' roles or order, or correct the template");
  }
}
