package io.openledger.wildfly.it.app;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.annotation.sql.DataSourceDefinition;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** The application's own database, which has nothing to do with the ledger's. */
@ApplicationScoped
@DataSourceDefinition(
    name = "java:app/jdbc/notes",
    className = "org.h2.jdbcx.JdbcDataSource",
    url = "jdbc:h2:mem:notes;DB_CLOSE_DELAY=-1",
    user = "sa",
    password = "sa")
public class Notes {

  @Resource(lookup = "java:app/jdbc/notes")
  DataSource database;

  @PostConstruct
  void create() {
    try (Connection c = database.getConnection();
        Statement s = c.createStatement()) {
      s.execute("create table if not exists note(receipt varchar(36) primary key)");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Makes the bean, so that its table is not made inside a transaction. */
  public void touch() {}

  /** Writes a note, in the caller's transaction. */
  public void write(String receipt) {
    try (Connection c = database.getConnection();
        PreparedStatement s = c.prepareStatement("insert into note values(?)")) {
      s.setString(1, receipt);
      s.executeUpdate();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether there is a note of the receipt. */
  public boolean has(String receipt) {
    try (Connection c = database.getConnection();
        PreparedStatement s = c.prepareStatement("select 1 from note where receipt = ?")) {
      s.setString(1, receipt);
      try (ResultSet r = s.executeQuery()) {
        return r.next();
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
