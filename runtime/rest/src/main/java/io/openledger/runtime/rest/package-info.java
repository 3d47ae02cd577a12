/**
 * REST: the OpenAI-compatible {@code /openledger/v1} and our own {@code /openledger/api}.
 *
 * <p>Everything here translates between HTTP and {@link io.openledger.runtime.OpenLedgerServer};
 * rules about money, rights or attribution live behind that interface. The shapes of requests and
 * answers are written down in {@code META-INF/openapi.json}, which the server publishes at {@code
 * /openledger/openapi} (WildFly) or {@code /openapi} (Open Liberty), and which a test holds against
 * the resource classes.
 *
 * <p><b>Who may what.</b> The container authenticates (HTTP BASIC, {@code web.xml}); {@link
 * io.openledger.runtime.rest.RoleFilter} checks the roles below; rights to single datanets,
 * receipts and accounts are checked behind {@code OpenLedgerServer}. An admin may everything.
 *
 * <table>
 *   <caption>Roles, each with the prefix {@code openledger-}</caption>
 *   <tr><th>Path</th><th>Roles</th></tr>
 *   <tr><td>{@code v1/**}</td><td>user</td></tr>
 *   <tr><td>{@code pay/v1/**}</td><td>anybody who pays, where the server is set so</td></tr>
 *   <tr><td>{@code GET api/datanets/**} but grants</td><td>any</td></tr>
 *   <tr><td>{@code api/search}, {@code api/infini-gram/**}</td><td>any</td></tr>
 *   <tr><td>{@code POST api/datanets}</td><td>curator</td></tr>
 *   <tr><td>{@code POST api/datanets/{id}/contributions}</td><td>contributor, curator</td></tr>
 *   <tr><td>{@code POST …/{sequence}/retract}, {@code …/erase}, {@code api/datanets/{id}/grants}</td><td>curator
 *   </td></tr>
 *   <tr><td>{@code api/receipts/**}, {@code api/reports/**}, {@code api/attribute}</td><td>user,
 *   compliance</td></tr>
 *   <tr><td>{@code GET api/adapters/**}, {@code api/stats}, {@code api/metrics}</td><td>any</td></tr>
 *   <tr><td>{@code api/residency}</td><td>user, builder</td></tr>
 *   <tr><td>{@code POST}, {@code PUT}, {@code DELETE api/adapters/{adapter}}, {@code …/access},
 *   {@code …/load}, {@code …/unload}</td><td>builder, who owns it</td></tr>
 *   <tr><td>{@code POST api/adapters}, {@code …/reload}, {@code …/pin}</td><td>admin</td></tr>
 *   <tr><td>{@code GET api/ledger/**}</td><td>any</td></tr>
 *   <tr><td>{@code POST api/ledger/epochs}</td><td>admin</td></tr>
 * </table>
 *
 * <p>Transport security is the server's: {@code web.xml} asks for none, so that TLS may end at a
 * proxy. BASIC sends the password with each request; offer REST outside of a trusted network only
 * through TLS.
 *
 * <p><b>Errors</b> are problem details (RFC 9457); below {@code v1} they have OpenAI's form. Both
 * name the code of {@link io.openledger.api.ErrorCode}. Amounts are decimal strings, because a
 * number of JSON does not hold 256 bits.
 *
 * <p>The package depends on the Jakarta EE APIs, {@code io.openledger.api} and {@code
 * io.openledger.runtime}; on no engine and no server. Its tests run over real HTTP with {@code mvn
 * -pl runtime/rest -am test}.
 */
@NullMarked
package io.openledger.runtime.rest;

import org.jspecify.annotations.NullMarked;
