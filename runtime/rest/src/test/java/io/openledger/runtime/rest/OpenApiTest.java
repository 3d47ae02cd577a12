package io.openledger.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.io.InputStream;
import java.io.StringReader;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the document against the resource classes: neither says what the other does not. */
class OpenApiTest {

  private static final JsonObject DOCUMENT = ApiContract.DOCUMENT;

  /** Header fields of HTTP itself, which the document does not repeat. */
  private static final Set<String> HTTPS_OWN = Set.of("Content-Type", "If-None-Match");

  /** What the code offers: {@code METHOD path} with the parameters and media types of each. */
  static Map<String, Set<String>> offered() {
    Map<String, Set<String>> found = new TreeMap<>();
    for (Class<?> type : new RestApplication().getClasses()) {
      Path base = type.getAnnotation(Path.class);
      if (base == null) {
        continue;
      }
      for (Method method : type.getDeclaredMethods()) {
        Stream.of(method.getAnnotations())
            .map(Annotation::annotationType)
            .filter(a -> a.isAnnotationPresent(HttpMethod.class))
            .forEach(
                verb ->
                    found
                        .computeIfAbsent(
                            verb.getSimpleName() + " " + path(base, method), k -> new TreeSet<>())
                        .addAll(details(type, method)));
      }
    }
    return found;
  }

  private static String path(Path base, Method method) {
    Path own = method.getAnnotation(Path.class);
    return "/" + base.value() + (own == null ? "" : "/" + own.value());
  }

  private static Set<String> details(Class<?> type, Method method) {
    Set<String> details = new TreeSet<>();
    for (Annotation[] annotations : method.getParameterAnnotations()) {
      for (Annotation annotation : annotations) {
        if (annotation instanceof PathParam p) {
          details.add("path " + p.value());
        } else if (annotation instanceof QueryParam q) {
          details.add("query " + q.value());
        } else if (annotation instanceof HeaderParam h && !HTTPS_OWN.contains(h.value())) {
          details.add("header " + h.value());
        }
      }
    }
    boolean body = Arrays.asList(method.getParameterTypes()).contains(InputStream.class);
    Consumes consumes = method.getAnnotation(Consumes.class);
    if (consumes == null) {
      consumes = type.getAnnotation(Consumes.class);
    }
    if (body && consumes != null) {
      Stream.of(consumes.value()).forEach(t -> details.add("body " + t));
    }
    return details;
  }

  /** What the document says, in the same words. */
  private static Map<String, Set<String>> documented() {
    Map<String, Set<String>> found = new TreeMap<>();
    DOCUMENT
        .getJsonObject("paths")
        .forEach(
            (path, operations) ->
                operations
                    .asJsonObject()
                    .forEach(
                        (verb, operation) ->
                            found.put(
                                verb.toUpperCase(Locale.ROOT) + " " + path,
                                details(operation.asJsonObject()))));
    return found;
  }

  private static Set<String> details(JsonObject operation) {
    Set<String> details = new TreeSet<>();
    if (operation.containsKey("parameters")) {
      operation.getJsonArray("parameters").getValuesAs(JsonObject.class).stream()
          .map(p -> p.getString("in") + " " + p.getString("name"))
          .forEach(details::add);
    }
    if (operation.containsKey("requestBody")) {
      operation
          .getJsonObject("requestBody")
          .getJsonObject("content")
          .keySet()
          .forEach(t -> details.add("body " + t));
    }
    return details;
  }

  @Test
  void documentAndResourcesOfferTheSame() {
    Map<String, Set<String>> documented = documented();
    // the facts of a text body are read from the query as a whole, not by annotation
    documented
        .get("POST /api/datanets/{datanet}/contributions")
        .removeIf(d -> d.startsWith("query "));
    assertThat(documented).isEqualTo(offered());
  }

  private static JsonObject schema(String name) {
    return DOCUMENT.getJsonObject("components").getJsonObject("schemas").getJsonObject(name);
  }

  /** A request's members, each with its value, of which it is noted which are asked for. */
  private static JsonFields watched(JsonObject body, Set<String> asked) {
    return new JsonFields(
        "",
        (JsonObject)
            Proxy.newProxyInstance(
                OpenApiTest.class.getClassLoader(),
                new Class<?>[] {JsonObject.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("get")) {
                    asked.add((String) arguments[0]);
                  }
                  return method.invoke(body, arguments);
                }));
  }

  @Test
  void documentHasTheMembersOfRequestsThatAreRead() {
    Set<String> asked = new TreeSet<>();
    GenerationRequest.completion(
        watched(Json.createObjectBuilder().add("prompt", "p").build(), asked));
    // read in order to be refused, or to be passed over
    asked.add("user");
    assertThat(asked).isEqualTo(schema("CompletionRequest").getJsonObject("properties").keySet());

    asked.clear();
    JsonObject message = Json.createObjectBuilder().add("role", "user").add("content", "q").build();
    GenerationRequest.chat(
        watched(
            Json.createObjectBuilder()
                .add("messages", Json.createArrayBuilder().add(message))
                .build(),
            asked));
    asked.add("user");
    assertThat(asked)
        .isEqualTo(schema("ChatCompletionRequest").getJsonObject("properties").keySet());
  }

  @Test
  void contractTellsWhatAnAnswerHasWrong() {
    assertThat(faults("Usage", "{\"prompt_tokens\":1}")).isEmpty();
    assertThat(faults("Usage", "{\"prompt_tokens\":1.5}")).hasSize(1);
    assertThat(faults("Usage", "{\"prompt_token\":1}")).hasSize(1);
    assertThat(faults("Usage", "[]")).hasSize(1);
    assertThat(faults("OpenAiError", "{\"error\":{\"param\":null,\"message\":1}}")).hasSize(1);
    assertThat(faults("Message", "{\"role\":\"user\"}")).containsExactly(" lacks content");
    assertThat(faults("Message", "{\"role\":\"bot\",\"content\":5}")).hasSize(2);
    assertThat(faults("AnswerAttribution", "{\"fee\":\"1\",\"tokens\":2}")).isEmpty();
    assertThat(faults("AnswerAttribution", "{\"fee\":1,\"tokens\":2,\"x\":0}")).hasSize(2);
  }

  private static List<String> faults(String schema, String json) {
    List<String> faults = new ArrayList<>();
    ApiContract.check(schema(schema), Json.createReader(new StringReader(json)).read(), "", faults);
    return faults;
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    Set<String> references = new TreeSet<>();
    collect(DOCUMENT, references);
    assertThat(references).isNotEmpty();
    for (String reference : references) {
      assertThat(DOCUMENT.getValue(reference.substring(1))).as(reference).isNotNull();
    }
  }

  @Test
  void everySchemaIsUsed() {
    Set<String> references = new TreeSet<>();
    collect(DOCUMENT, references);
    Set<String> schemas =
        DOCUMENT.getJsonObject("components").getJsonObject("schemas").keySet().stream()
            .map(s -> "#/components/schemas/" + s)
            .collect(Collectors.toSet());
    assertThat(references).containsAll(schemas);
  }

  private static void collect(JsonValue value, Set<String> references) {
    if (value instanceof JsonObject object) {
      object.forEach(
          (name, member) -> {
            if (name.equals("$ref")) {
              references.add(((JsonString) member).getString());
            }
            collect(member, references);
          });
    } else if (value instanceof JsonArray array) {
      array.forEach(member -> collect(member, references));
    }
  }
}
