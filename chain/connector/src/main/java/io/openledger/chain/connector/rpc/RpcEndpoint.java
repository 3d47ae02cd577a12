package io.openledger.chain.connector.rpc;

import io.openledger.api.OpenLedgerException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * Where a node answers. Providers put keys into user info, path or query, so only the name is ever
 * shown.
 */
public final class RpcEndpoint {

  private final String name;
  private final URI uri;
  private final Optional<String> authorization;

  /**
   * @param name how errors and metrics call it: 1 to 40 letters, digits, dots, dashes and
   *     underscores
   * @param uri http or https; user info is sent as basic authorisation
   */
  public RpcEndpoint(String name, URI uri) {
    if (!name.matches("[A-Za-z0-9._-]{1,40}")) {
      throw OpenLedgerException.invalidText(
          "endpoint's name", name, "1 to 40 letters, digits, dots, dashes and underscores");
    }
    boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!web || uri.getHost() == null) {
      throw OpenLedgerException.invalid(
          "address of endpoint " + name, "not shown", "http://host… or https://host…");
    }
    this.name = name;
    this.authorization =
        Optional.ofNullable(uri.getUserInfo())
            .map(
                user ->
                    "Basic "
                        + Base64.getEncoder()
                            .encodeToString(user.getBytes(StandardCharsets.UTF_8)));
    this.uri = withoutUser(uri);
  }

  private static URI withoutUser(URI uri) {
    String text = uri.toString();
    String user = uri.getRawUserInfo();
    return user == null
        ? uri
        : URI.create(text.replaceFirst(java.util.regex.Pattern.quote(user + "@"), ""));
  }

  /** How errors and metrics call it. */
  public String name() {
    return name;
  }

  /** Where requests go, without user info. May hold a provider's key: not for logs. */
  URI uri() {
    return uri;
  }

  /** The header that user info becomes. */
  Optional<String> authorization() {
    return authorization;
  }

  /** The name alone. */
  @Override
  public String toString() {
    return "endpoint " + name;
  }
}
