package io.openledger.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What every refusal must be. */
public final class Refusals {

  private Refusals() {}

  /** The call is refused with the code, says what arrived and what is allowed, and how to go on. */
  public static OpenLedgerException refuses(
      ErrorCode code, String arrived, String allowed, ThrowingCallable call) {
    OpenLedgerException e = catchThrowableOfType(OpenLedgerException.class, call);
    assertThat(e).as("nothing was refused").isNotNull();
    assertThat(e.code()).isEqualTo(code);
    assertThat(e.arrived()).contains(arrived);
    assertThat(e.allowed()).contains(allowed);
    assertThat(e.remedy()).isNotBlank();
    assertThat(e)
        .hasMessage("%s: %s; allowed: %s; %s", code.id(), e.arrived(), e.allowed(), e.remedy());
    return e;
  }

  /** The same, for a value out of its range. */
  public static OpenLedgerException refuses(String arrived, String allowed, ThrowingCallable call) {
    return refuses(ErrorCode.INVALID_ARGUMENT, arrived, allowed, call);
  }
}
