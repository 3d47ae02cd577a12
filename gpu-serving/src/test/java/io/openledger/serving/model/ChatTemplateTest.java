package io.openledger.serving.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ChatMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates as Hugging Face runs them, and bounds for those that misbehave. */
@Timeout(30)
class ChatTemplateTest {

  @TempDir Path folder;

  private ChatTemplate template(String source) throws Exception {
    Files.writeString(folder.resolve("chat_template.jinja"), source);
    return ChatTemplate.read(folder, System::nanoTime).orElseThrow();
  }

  private static void refused(ChatTemplate template, String named, ChatMessage... messages) {
    assertThatThrownBy(() -> template.render(List.of(messages)))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.CHAT_TEMPLATE);
              assertThat(e.getMessage()).contains(named);
            });
  }

  @Test
  void trimsBlocksAsHuggingFaceDoes() throws Exception {
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"bos_token\": {\"content\": \"<s>\"}, \"eos_token\": \"</s>\"}");
    String source =
        "{{ bos_token }}\n"
            + "{% for m in messages %}\n"
            + "    {% if m['role'] == 'user' %}\n"
            + "[{{ m['content'] | trim }}]\n"
            + "    {% else %}\n"
            + "({{ m.content }}){{ eos_token }}\n"
            + "    {% endif %}\n"
            + "{% endfor %}\n"
            + "{% if add_generation_prompt %}\n"
            + "answer:\n"
            + "{% endif %}\n";
    assertThat(
            template(source)
                .render(List.of(ChatMessage.user(" hi "), ChatMessage.assistant("there"))))
        .isEqualTo("<s>\n[hi]\n(there)</s>\nanswer:\n");
  }

  @Test
  void neverInterpretsWhatPeopleWrite() throws Exception {
    ChatTemplate template = template("{% for m in messages %}{{ m.content }}{% endfor %}");
    String content = "{{ 7 * 7 }}{% raw %} {# x #} <b>&amp;</b>";
    assertThat(template.render(List.of(ChatMessage.user(content)))).isEqualTo(content);
  }

  @Test
  void rendersOnAThreadWhoseContextKnowsNoneOfOurLibraries() throws Exception {
    ChatTemplate template = template("{% for m in messages %}{{ m.content }}{% endfor %}");
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    ClassLoader applications = ClassLoader.getPlatformClassLoader();
    thread.setContextClassLoader(applications);
    try {
      assertThat(template.render(List.of(ChatMessage.user("x")))).isEqualTo("x");
      assertThat(thread.getContextClassLoader()).isSameAs(applications);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void refusesWhatTheTemplateRefusesWithoutRepeatingTheText() throws Exception {
    ChatTemplate template = template("{{ raise_exception('roles must alternate') }}");
    refused(template, "roles must alternate", ChatMessage.user("x"));
    ChatTemplate repeating = template("{{ raise_exception('no ' + messages[0]['content']) }}");
    assertThatThrownBy(() -> repeating.render(List.of(ChatMessage.user("secret words"))))
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageNotContaining("secret words");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}"
            + "{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in range(9999) %}{% for b in range(9999) %}xxxxxxxxxxxxxxxx"
            + "{% endfor %}{% endfor %}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% include '/etc/passwd' %}",
        "{% if %}",
        "{% for m in messages %}{{ m.content }}"
      })
  void boundsAndRefusesTemplatesThatMisbehave(String source) throws Exception {
    template(source);
    // A tenth of a second each time somebody looks: the limit of time is reached soon.
    AtomicLong clock = new AtomicLong();
    ChatTemplate template =
        ChatTemplate.read(folder, () -> clock.addAndGet(100_000_000)).orElseThrow();
    refused(template, "OPENLEDGER-3010", ChatMessage.user("x"));
  }

  @Test
  void takesTheDefaultOfNamedTemplatesAndNoneWhereNoneIs() throws Exception {
    assertThat(ChatTemplate.read(folder, System::nanoTime)).isEmpty();
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"chat_template\": [{\"name\": \"tools\", \"template\": \"no\"},"
            + " {\"name\": \"default\", \"template\": \"yes\"}]}");
    assertThat(
            ChatTemplate.read(folder, System::nanoTime)
                .orElseThrow()
                .render(List.of(ChatMessage.user("x"))))
        .isEqualTo("yes");
  }
}
