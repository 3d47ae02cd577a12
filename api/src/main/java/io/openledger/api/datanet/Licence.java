package io.openledger.api.datanet;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.util.regex.Pattern;

/**
 * The licence of a contribution: an SPDX short identifier or expression ({@code CC-BY-4.0}), or a
 * named licence text as SPDX writes it ({@code LicenseRef-Acme-Internal}).
 *
 * @param spdx the expression; letters, digits, {@code . - + ( )} and blanks, at most 128 characters
 * @see <a href="https://spdx.github.io/spdx-spec/v3.0.1/annexes/spdx-license-expressions/">SPDX
 *     3.0.1, annex on licence expressions</a>
 */
public record Licence(String spdx) {

  private static final Pattern EXPRESSION = Pattern.compile("[A-Za-z0-9(][A-Za-z0-9.+() -]{0,127}");

  public Licence {
    if (!EXPRESSION.matcher(spdx).matches()) {
      throw new OpenLedgerException(
          ErrorCode.LICENCE_MISSING,
          spdx.isBlank() ? "no licence" : "a licence that is not an SPDX expression",
          "an SPDX id such as CC-BY-4.0, or LicenseRef- and a name for a licence of your own",
          "declare under which licence the content may be used");
    }
  }

  @Override
  public String toString() {
    return spdx;
  }
}
