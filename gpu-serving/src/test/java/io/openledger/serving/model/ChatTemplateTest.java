package io.openledger.serving.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ChatMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates as Hugging Face runs them, and bounds for those that misbehave. */
@Timeout(30)
class ChatTemplateTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2024-07-09T15:04:05Z"), ZoneOffset.UTC);

  @TempDir Path folder;

  private ChatTemplate template(String source) throws Exception {
    Files.writeString(folder.resolve("chat_template.jinja"), source);
    return ChatTemplate.read(folder, System::nanoTime, CLOCK).orElseThrow();
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for m in messages if m.role == 'user' %}",
        "{%- for\tm in\nmessages\nif m %}",
        "{%+ for m in a if b if c %}",
        "{% for m in messages if loop.index % 2 %}",
        "{% set x = 1 %}{%for m in [] if x %}"
      })
  void findsALoopWithACondition(String source) {
    assertThat(ChatTemplate.loopsWithCondition("a" + source + "b {% endfor %}")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for m in messages %}{% if m %}",
        "{% for m in a if b else c %}",
        "{% for m in (a if b else c) %}",
        "{% if a in b and c if d %}",
        "{% fortune in if x %}",
        "for m in a if b",
        "{% for m in a if b"
      })
  void findsNoOther(String source) {
    assertThat(ChatTemplate.loopsWithCondition("a" + source)).isFalse();
  }

  @Test
  @Timeout(60)
  void endsWithTemplatesThatAreOneLongTag() throws Exception {
    ChatMessage hello = ChatMessage.user("hello");
    // A search that gives back would look through each of them from each of them, or nest as deep.
    for (String part : List.of(" in if", " in", "x", "a.", " ")) {
      String blown = part.repeat((1 << 20) / part.length() - 100);
      for (String source : List.of("{% for x in x" + blown, "{{ " + blown, blown + "[::-2]")) {
        try {
          template(source).render(List.of(hello));
        } catch (OpenLedgerException e) {
          assertThat(e.code()).isEqualTo(ErrorCode.CHAT_TEMPLATE);
        }
      }
    }
    assertThat(template("{{ messages[::-1][0].content }}").render(List.of(hello)))
        .isEqualTo("hello");
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
        ChatTemplate.read(folder, () -> clock.addAndGet(100_000_000), CLOCK).orElseThrow();
    refused(template, "OPENLEDGER-3010", ChatMessage.user("x"));
  }

  @Test
  void takesTheDefaultOfNamedTemplatesAndNoneWhereNoneIs() throws Exception {
    assertThat(ChatTemplate.read(folder, System::nanoTime, CLOCK)).isEmpty();
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"chat_template\": [{\"name\": \"tools\", \"template\": \"no\"},"
            + " {\"name\": \"default\", \"template\": \"yes\"}]}");
    assertThat(
            ChatTemplate.read(folder, System::nanoTime, CLOCK)
                .orElseThrow()
                .render(List.of(ChatMessage.user("x"))))
        .isEqualTo("yes");
  }

  private static final List<ChatMessage> TALK =
      List.of(
          ChatMessage.system("be kind"),
          ChatMessage.user(" hi "),
          ChatMessage.assistant("<think>hm</think>\n\nyo"),
          ChatMessage.user("say \"x\""));

  private String rendered(String source) throws Exception {
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"bos_token\": \"<s>\", \"eos_token\": \"</s>\"}");
    return template(source).render(TALK);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '§',
      quoteCharacter = '`',
      value = {
        "{{ messages[1].content.strip() }}|{{ messages[1].content.lstrip() }}| § hi|hi |",
        "{{ messages[1].content.rstrip() + '.' }}|{{ 'xxaxx'.strip('x') }} § ` hi.|a`",
        "{{ 'hello wORLD'.title() }}|{{ 'a,b,c'.split(',')[-1] }}|{{ 'a b'.split() }} §"
            + " Hello World|c|['a', 'b']",
        "{{ 'abc'[1:] }}{{ 'abc'[:-1] }}{{ 'abc'[0:2] }} § bcabab",
        "{{ messages[2].content.split('</think>')[-1].lstrip('\\n') }} § yo",
        "{{ 'abc'.startswith('a') }} {{ 'abc'.endswith('b') }} {{ 'aBc'.lower() }} § true false abc",
        "{{ 'abca'.replace('a', 'xy') }} {{ 'abca'.find('c') }} {{ 'abca'.count('a') }} § xybcxy 2 2",
        "{{ messages[3] | tojson }} § {\"role\": \"user\", \"content\": \"say \\\"x\\\"\"}",
        "{{ {'a': [1, true, none], 'é': 'x'} | tojson }} §"
            + " {\"a\": [1, true, null], \"é\": \"x\"}",
        "{% set ns = namespace(n=0) %}{% for m in messages %}{% if m.role == 'user' %}"
            + "{% set ns.n = ns.n + 1 %}{% endif %}{% endfor %}{{ ns.n }} § 2",
        "{% for m in messages %}{% if loop.index0 == 1 %}{% continue %}{% endif %}"
            + "{% if loop.last %}{% break %}{% endif %}{{ loop.index }}{{ m.role }};{% endfor %} §"
            + " 1system;3assistant;",
        "{% macro f(x, y='d') %}[{{ x }}{{ y }}]{% endmacro %}{{ f('a') }}{{ f('b', y='c') }} §"
            + " [ad][bc]",
        "{{ tools is defined }} {{ messages is defined }} {{ messages[0].content is string }}"
            + " {{ messages is iterable }} {{ x is not defined }} § false true true true true",
        "{{- bos_token -}}   x   {%- if true -%}  y  {%- endif -%}  z § <s>xyz",
        "{% set rest = messages[1:] %}{{ rest | length }}{{ (messages | length) - 1 }} § 33",
        "{% for m in messages[::-1] %}{{ m.role }} {% endfor %}. § user assistant user system .",
        "{% for k, v in messages[0].items() %}{{ k }}={{ v }};{% endfor %} §"
            + " role=system;content=be kind;",
        "{{ messages[0].get('name', 'none') }} {{ messages | map(attribute='role') | join(',') }} §"
            + " none system,user,assistant,user",
        "{{ messages | selectattr('role', 'equalto', 'user') | list | length }} § 2",
        "{{ strftime_now('%d %b %Y, %A %H:%M:%S %j%%') }} § 09 Jul 2024, Tuesday 15:04:05 191%",
        "{{ ', '.join(['a', 'b']) }} {{ none if false else 'x' }} {{ 'a' ~ 1 }} § a, b x a1",
        "{% set l = [] %}{% set _ = l.append('x') %}{% set _ = l.append('y') %}{{ l[1] }} § y",
      })
  void rendersWhatTemplatesOfTheFieldAreMadeOf(String source, String expected) throws Exception {
    assertThat(rendered(source)).isEqualTo(expected);
  }

  @Test
  void rendersTurnsWithRolesBetweenMarks() throws Exception {
    assertThat(
            rendered(
                "{%- for m in messages %}\n{{- '<|im_start|>' + m.role + '\\n' + m.content"
                    + " + '<|im_end|>' + '\\n' }}\n{%- endfor %}\n{%- if add_generation_prompt %}\n"
                    + "    {{- '<|im_start|>assistant\\n' }}\n{%- endif %}\n"))
        .isEqualTo(
            "<|im_start|>system\nbe kind<|im_end|>\n<|im_start|>user\n hi <|im_end|>\n"
                + "<|im_start|>assistant\n<think>hm</think>\n\nyo<|im_end|>\n"
                + "<|im_start|>user\nsay \"x\"<|im_end|>\n<|im_start|>assistant\n");
  }

  @Test
  void rendersHeadersAndADate() throws Exception {
    assertThat(
            rendered(
                "{{- bos_token }}\n{%- if messages[0]['role'] == 'system' %}\n"
                    + "    {%- set first = messages[0]['content'] | trim %}\n"
                    + "    {%- set messages = messages[1:] %}\n{%- endif %}\n"
                    + "{{- '<|start|>system<|end|>\\n\\nToday: ' + strftime_now('%d %b %Y')"
                    + " + '\\n' + first + '<|eot|>' }}\n"
                    + "{%- for m in messages %}\n    {{- '<|start|>' + m['role'] + '<|end|>\\n\\n'"
                    + " + m['content'] | trim + '<|eot|>' }}\n{%- endfor %}"))
        .isEqualTo(
            "<s><|start|>system<|end|>\n\nToday: 09 Jul 2024\nbe kind<|eot|>"
                + "<|start|>user<|end|>\n\nhi<|eot|><|start|>assistant<|end|>\n\n"
                + "<think>hm</think>\n\nyo<|eot|><|start|>user<|end|>\n\nsay \"x\"<|eot|>");
  }

  @Test
  void rendersAlternatingInstructionsAndRefusesOthers() throws Exception {
    String source =
        "{%- if messages[0].role == 'system' %}{%- set rest = messages[1:] %}{%- else %}"
            + "{%- set rest = messages %}{%- endif %}{{- bos_token }}"
            + "{%- for m in rest %}{%- if (m.role == 'user') != (loop.index0 % 2 == 0) %}"
            + "{{- raise_exception('roles must alternate') }}{%- endif %}"
            + "{%- if m.role == 'user' %}{{- '[INST] ' + m.content + ' [/INST]' }}"
            + "{%- else %}{{- ' ' + m.content.split('</think>')[-1].strip() + eos_token }}"
            + "{%- endif %}{%- endfor %}";
    assertThat(rendered(source)).isEqualTo("<s>[INST]  hi  [/INST] yo</s>[INST] say \"x\" [/INST]");
    refused(
        template(source), "roles must alternate", ChatMessage.user("one"), ChatMessage.user("two"));
  }

  /** Each is refused or harmless, within the limit of time, and in little memory. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ messages.getClass() }}",
        "{{ messages.class }}",
        "{{ 'x'.getClass().forName('java.lang.System').exit(1) }}",
        "{{ ____int3rpr3t3r____.getContext() }}",
        "{{ '%1000000000d' | format(1) }}",
        "{{ 'x'.repeat(1000000000) }}",
        "{{ 'x' | center(2000000000) }}",
        "{{ 'x\ny' | indent(2000000000) }}",
        "{{ messages | batch(1000000000) }}",
        "{{ messages | slice(1000000000) }}",
        "{% set x = 'xxxxxxxxxx' %}{% for i in range(60) %}{% set x = x + x %}{% endfor %}{{ x }}",
        "{% set n = namespace(x='xxxxxxxx') %}{% for i in range(60) %}{% set n.x = n.x ~ n.x %}"
            + "{% endfor %}{{ n.x }}",
        "{% set n = namespace(x='xx') %}{% for i in range(60) %}"
            + "{% set n.x = n.x.replace('x', 'xxxxxxxxxxxxxxxxxxx') %}{% endfor %}{{ n.x }}",
        "{% set n = namespace(x='xx') %}{% for i in range(60) %}"
            + "{% set n.x = n.x | replace('x', 'xxxxxxxxxxxxxxxxxxx') %}{% endfor %}{{ n.x }}",
        "{% set n = namespace(l=[1]) %}{% for i in range(60) %}{% set n.l = [n.l, n.l] %}"
            + "{% endfor %}{{ n.l | string }}",
        "{% set n = namespace(l=[1]) %}{% for i in range(60) %}{% set n.l = n.l + n.l %}"
            + "{% endfor %}{{ n.l }}",
        "{% set n = namespace(l=[1]) %}{% for i in range(60) %}{% set n.l = [n.l, n.l] %}"
            + "{% endfor %}{{ n.l | tojson }}",
        "{% set l = [] %}{% do l.append(l) %}{{ l | tojson }}",
        "{% set l = [] %}{% set m = [l] %}{% do l.append(m) %}{{ l }}",
        "{% set d = {} %}{% do d.update({'a': d}) %}{{ d }}",
        "{% macro f(n) %}{{ g(n) }}{{ g(n) }}{% endmacro %}{% macro g(n) %}{{ f(n) }}{% endmacro %}"
            + "{{ f(1) }}",
        "{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' | regex_replace('(a|aa)+$', 'x') }}",
        "{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches('(a|aa)+$') }}",
        "{% import '/etc/passwd' as x %}",
        "{% from '/etc/passwd' import x %}",
        "{% extends '/etc/passwd' %}",
        "{{ \"{{ 1 + 1 }}\" | render }}",
        "{{ 'x: !!javax.script.ScriptEngineManager [1]' | fromyaml }}",
        "{{ messages.stream() }}",
        "{{ messages.clear() }}",
        "{% for m in messages if m.role == 'user' %}{{ m.content }}{% endfor %}",
        "{{ strftime_now('%q') }}",
      })
  void refusesAttacks(String source) throws Exception {
    refused(template(source), "OPENLEDGER-3010", ChatMessage.user("x"));
  }

  @Test
  void appendsToAListWithoutLookingThroughItEachTime() throws Exception {
    assertThat(
            rendered(
                "{% set l = [] %}{% for i in range(9999) %}{% do l.append(i) %}{% endfor %}"
                    + "{{ l | length }}"))
        .isEqualTo("9999");
  }
}
