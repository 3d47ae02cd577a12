package io.openledger.runtime.rest;

import io.openledger.runtime.OpenLedgerServer;
import io.openledger.runtime.OpenLedgerServers;
import io.undertow.Undertow;
import io.undertow.security.idm.Account;
import io.undertow.security.idm.Credential;
import io.undertow.security.idm.IdentityManager;
import io.undertow.security.idm.PasswordCredential;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.LoginConfig;
import io.undertow.servlet.api.SecurityConstraint;
import io.undertow.servlet.api.SecurityInfo;
import io.undertow.servlet.api.WebResourceCollection;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.Principal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jboss.resteasy.plugins.server.servlet.HttpServlet30Dispatcher;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/**
 * The war's resources behind real HTTP, in the servlet container and JAX-RS implementation that
 * WildFly has, with the security constraint, login and error page of its own {@code web.xml}.
 *
 * <p>A user's password is the user's name; its only role is {@code openledger-} and its name.
 */
final class RestServer implements AutoCloseable {

  /** What is behind the resources; a new one for each test. */
  FakeServer fake = new FakeServer();

  final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Undertow undertow;
  private final URI base;

  RestServer() throws Exception {
    Document webXml =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(Path.of("src/main/webapp/WEB-INF/web.xml").toFile());
    List<String> roles = texts(webXml, "auth-constraint", "role-name");
    DeploymentInfo deployment =
        Servlets.deployment()
            .setClassLoader(RestServer.class.getClassLoader())
            .setContextPath("/openledger")
            .setDeploymentName("openledger-rest")
            .setIdentityManager(new Users())
            .setLoginConfig(
                new LoginConfig(
                    texts(webXml, "login-config", "auth-method").get(0),
                    texts(webXml, "login-config", "realm-name").get(0)))
            .addSecurityRoles(roles)
            .addSecurityConstraints(constraints(webXml))
            .addErrorPage(Servlets.errorPage(texts(webXml, "error-page", "location").get(0)))
            .addServlet(
                Servlets.servlet("problem", ProblemServlet.class)
                    .addMapping(texts(webXml, "servlet-mapping", "url-pattern").get(0)))
            .addServlet(
                Servlets.servlet("rest", HttpServlet30Dispatcher.class)
                    .addInitParam("jakarta.ws.rs.Application", RestApplication.class.getName())
                    .addMapping("/*")
                    .setLoadOnStartup(1));
    DeploymentManager manager = Servlets.defaultContainer().addDeployment(deployment);
    manager.deploy();
    undertow =
        Undertow.builder()
            .addHttpListener(0, "127.0.0.1")
            .setIoThreads(1)
            .setWorkerThreads(4)
            // as our layer sets max-post-size of WildFly's listener
            .setServerOption(io.undertow.UndertowOptions.MAX_ENTITY_SIZE, 256L << 20)
            .setHandler(io.undertow.Handlers.path().addPrefixPath("/openledger", manager.start()))
            .build();
    undertow.start();
    int port = ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
    base = URI.create("http://127.0.0.1:" + port + "/openledger/");
    fresh();
  }

  /** Puts a new server behind the resources. */
  void fresh() {
    fake = new FakeServer();
    serve(fake);
  }

  /** Puts a server behind the resources, instead of the fake one. */
  void serve(OpenLedgerServer server) {
    OpenLedgerServers.publish(Optional.of(server));
  }

  /** Each constraint with its roles; one without an auth-constraint is open to everybody. */
  private static List<SecurityConstraint> constraints(Document xml) {
    List<SecurityConstraint> found = new ArrayList<>();
    NodeList all = xml.getElementsByTagName("security-constraint");
    for (int i = 0; i < all.getLength(); i++) {
      org.w3c.dom.Element each = (org.w3c.dom.Element) all.item(i);
      SecurityConstraint constraint =
          new SecurityConstraint()
              .addRolesAllowed(texts(each, "role-name"))
              .addWebResourceCollection(
                  new WebResourceCollection().addUrlPatterns(texts(each, "url-pattern")));
      found.add(
          each.getElementsByTagName("auth-constraint").getLength() == 0
              ? constraint.setEmptyRoleSemantic(SecurityInfo.EmptyRoleSemantic.PERMIT)
              : constraint);
    }
    return found;
  }

  private static List<String> texts(org.w3c.dom.Element parent, String child) {
    List<String> found = new ArrayList<>();
    NodeList all = parent.getElementsByTagName(child);
    for (int i = 0; i < all.getLength(); i++) {
      found.add(all.item(i).getTextContent().strip());
    }
    return found;
  }

  private static List<String> texts(Document xml, String parent, String child) {
    List<String> found = new ArrayList<>();
    NodeList parents = xml.getElementsByTagName(parent);
    for (int i = 0; i < parents.getLength(); i++) {
      NodeList all = ((org.w3c.dom.Element) parents.item(i)).getElementsByTagName(child);
      for (int k = 0; k < all.getLength(); k++) {
        found.add(all.item(k).getTextContent().strip());
      }
    }
    return found;
  }

  int port() {
    return base.getPort();
  }

  /** A request as a user; an empty user sends no credentials. */
  HttpRequest.Builder request(String user, String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path));
    return user.isEmpty() ? request : request.header("Authorization", basic(user, user));
  }

  static String basic(String user, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  /** Sends, and holds the answer against the OpenAPI document. */
  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpRequest built = request.build();
    HttpResponse<String> response =
        client.send(built, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    String path = built.uri().getRawPath().substring(base.getPath().length() - 1);
    ApiContract.require(built.method(), path, response);
    return response;
  }

  HttpResponse<InputStream> open(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
  }

  HttpResponse<String> get(String user, String path) throws IOException, InterruptedException {
    return send(request(user, path).GET());
  }

  HttpResponse<String> post(String user, String path, String json)
      throws IOException, InterruptedException {
    return send(
        request(user, path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  @Override
  public void close() {
    OpenLedgerServers.publish(Optional.empty());
    undertow.stop();
  }

  private static final class Users implements IdentityManager {
    @Override
    public Account verify(Account account) {
      return account;
    }

    @Override
    public Account verify(String id, Credential credential) {
      boolean right =
          credential instanceof PasswordCredential password
              && new String(password.getPassword()).equals(id);
      return right ? new User(id) : null;
    }

    @Override
    public Account verify(Credential credential) {
      return null;
    }
  }

  private record User(String name) implements Account {
    @Override
    public Principal getPrincipal() {
      return () -> name;
    }

    @Override
    public Set<String> getRoles() {
      return Set.of("openledger-" + name);
    }
  }
}
