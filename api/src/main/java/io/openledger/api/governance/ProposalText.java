package io.openledger.api.governance;

import io.openledger.api.reward.ChainAddress;
import java.util.Optional;

/**
 * What a proposer wrote. Anybody with enough votes can write anything: it is to be shown as a
 * quotation, never as what the proposal does, which its calls alone tell.
 *
 * @param shown at most {@value #LONGEST} characters; what is invisible or reorders text is replaced
 *     by U+FFFD
 * @param bytes how long the whole text is, in UTF-8
 * @param cut whether it is longer than what is shown
 * @param altered whether characters were replaced
 * @param boundTo the address that its end reserves the proposal for
 */
public record ProposalText(
    String shown, long bytes, boolean cut, boolean altered, Optional<ChainAddress> boundTo) {

  /** Characters that are shown. */
  public static final int LONGEST = 20_000;
}
