package io.openledger.runtime.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import javax.naming.Context;
import javax.naming.InitialContext;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.naming.spi.InitialContextFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The naming context of a server is played by one in memory, reached the way JNDI prescribes. */
class JndiApplicationNameTest {

  private static final AtomicReference<Map<String, Object>> BOUND = new AtomicReference<>(Map.of());

  /** Made by JNDI. */
  public static final class Factory implements InitialContextFactory {
    @Override
    public Context getInitialContext(Hashtable<?, ?> environment) throws NamingException {
      return new InitialContext(true) {
        @Override
        public Object lookup(String name) throws NamingException {
          Object found = BOUND.get().get(name);
          if (found == null) {
            throw new NameNotFoundException(name);
          }
          return found;
        }
      };
    }
  }

  @AfterEach
  void clear() {
    System.clearProperty(Context.INITIAL_CONTEXT_FACTORY);
    BOUND.set(Map.of());
  }

  private static void bind(Map<String, Object> names) {
    BOUND.set(names);
    System.setProperty(Context.INITIAL_CONTEXT_FACTORY, Factory.class.getName());
  }

  @Test
  void prefersTheApplicationsName() {
    bind(Map.of("java:app/AppName", "shop", "java:module/ModuleName", "shop-web"));
    assertThat(new JndiApplicationName().find()).contains("shop");
  }

  @Test
  void fallsBackToTheModulesName() {
    bind(Map.of("java:module/ModuleName", "shop-web"));
    assertThat(new JndiApplicationName().find()).contains("shop-web");
  }

  @Test
  void isEmptyOnAThreadOutsideOfAnyApplication() {
    assertThat(new JndiApplicationName().find()).isEmpty();
    bind(Map.of("java:app/AppName", ""));
    assertThat(new JndiApplicationName().find()).isEmpty();
  }
}
