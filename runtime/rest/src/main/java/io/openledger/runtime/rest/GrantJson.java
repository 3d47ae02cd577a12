package io.openledger.runtime.rest;

import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.DatanetRight;
import io.openledger.api.datanet.Grant;
import io.openledger.api.datanet.Grantee;
import jakarta.json.JsonObjectBuilder;
import java.util.stream.Collectors;

/** Grants as JSON. */
final class GrantJson {

  private GrantJson() {}

  static JsonObjectBuilder of(Grant g) {
    JsonObjectBuilder json =
        Json.object()
            .add("grantee", g.grantee().toString())
            .add("rights", Json.texts(g.rights().stream().sorted().toList()));
    return Json.optional(json, "expires", g.expires());
  }

  static Grant read(DatanetId datanet, JsonFields json) {
    String grantee = json.requiredText("grantee");
    int colon = grantee.indexOf(':');
    if (colon < 0) {
      throw json.refuse("grantee", "without a kind", "application:, user: or role: and a name");
    }
    if (json.value("rights").isEmpty()) {
      throw json.refuse("rights", "missing", "an array; an empty one takes all rights away");
    }
    Grant grant =
        new Grant(
            datanet,
            new Grantee(
                Parameters.constant("grantee", grantee.substring(0, colon), Grantee.Kind.class),
                grantee.substring(colon + 1)),
            json.texts("rights").stream()
                .map(r -> Parameters.constant("rights", r, DatanetRight.class))
                .collect(Collectors.toSet()),
            json.text("expires").map(t -> Parameters.instant("expires", t)));
    json.requireAllRead();
    return grant;
  }
}
