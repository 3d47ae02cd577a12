package io.openledger.api.governance;

import io.openledger.api.OpenLedgerException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What is to be proposed: changes that hold together or not at all, and why.
 *
 * <p>The text goes onto the chain for ever. The implementation ends it with {@code #proposer=} and
 * the address of its key, so that nobody who sees the transaction early can make the proposal
 * theirs and cancel it; the text itself must not hold that mark.
 *
 * @param changes 1 to {@value #MAX_CHANGES}, each of another subject: a second change of the same
 *     would be refused by the contract, and all with it
 * @param description 1 to {@value #MAX_DESCRIPTION} characters; line breaks are the only control
 *     characters, and none may be invisible or change the direction of writing
 */
public record PolicyDraft(List<PolicyChange> changes, String description) {

  /** Most changes of a proposal. */
  public static final int MAX_CHANGES = 10;

  /** Longest text, in characters. */
  public static final int MAX_DESCRIPTION = 10_000;

  /** What binds a text to its proposer. */
  public static final String PROPOSER_MARK = "#proposer=";

  public PolicyDraft {
    changes = List.copyOf(changes);
    if (changes.isEmpty() || changes.size() > MAX_CHANGES) {
      throw OpenLedgerException.invalid("number of changes", changes.size(), "1 to " + MAX_CHANGES);
    }
    Set<String> subjects = new HashSet<>();
    for (PolicyChange change : changes) {
      if (!subjects.add(change.subject())) {
        throw OpenLedgerException.invalid(
            "number of changes of " + change.subject(), "2 or more", "one in a proposal");
      }
    }
    description = requireText("text of a proposal", description, MAX_DESCRIPTION);
    if (description.isBlank()) {
      throw OpenLedgerException.invalid("text of a proposal", "empty", "why it is proposed");
    }
    if (description.contains(PROPOSER_MARK)) {
      throw OpenLedgerException.invalid(
          "text of a proposal",
          "one with " + PROPOSER_MARK,
          "a text without; the proposer's address is put at its end");
    }
  }

  /** A text that people will read as it is: nothing invisible, nothing that reorders it. */
  static String requireText(String what, String text, int longest) {
    if (text.length() > longest) {
      throw OpenLedgerException.invalid(
          what, text.length() + " characters", "at most " + longest + " characters");
    }
    boolean plain =
        text.codePoints()
            .allMatch(
                c ->
                    c == '\n'
                        || switch (Character.getType(c)) {
                          case Character.CONTROL,
                              Character.FORMAT,
                              Character.SURROGATE,
                              Character.PRIVATE_USE,
                              Character.UNASSIGNED,
                              Character.LINE_SEPARATOR,
                              Character.PARAGRAPH_SEPARATOR ->
                              false;
                          default -> true;
                        });
    if (!plain) {
      throw OpenLedgerException.invalid(
          what,
          "a text with control, invisible or unassigned characters",
          "visible characters, spaces and line breaks (U+000A)");
    }
    return text;
  }
}
