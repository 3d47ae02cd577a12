package io.openledger.runtime.store;

import io.openledger.api.Hash256;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Binds values to statements and reads them back. Arguments may be strings, numbers, {@link
 * BigInteger}, {@link Instant}, {@link java.time.LocalDate}, enums (by name), {@link Hash256} (as
 * hexadecimal digits), and an {@link Optional} of any of them (empty is NULL).
 */
public final class Sql {

  /** Rows that are fetched at once where a statement may give very many. */
  private static final int FETCHED = 5000;

  private Sql() {}

  /**
   * Reads one row.
   *
   * @param <T> what it becomes
   */
  @FunctionalInterface
  public interface Row<T> {
    /** The row under the cursor. */
    T read(ResultSet row) throws SQLException;
  }

  /** All rows. */
  public static <T> List<T> list(Connection c, String sql, Row<T> row, Object... args)
      throws SQLException {
    try (PreparedStatement s = prepare(c, sql, args);
        ResultSet rows = s.executeQuery()) {
      List<T> all = new ArrayList<>();
      while (rows.next()) {
        all.add(row.read(rows));
      }
      return all;
    }
  }

  /** What is done with a row. */
  @FunctionalInterface
  public interface Reader {
    /** The row under the cursor. */
    void read(ResultSet row) throws SQLException;
  }

  /** Reads rows one after the other, and keeps none. */
  public static void each(Connection c, String sql, Reader reader, Object... args)
      throws SQLException {
    try (PreparedStatement s = prepare(c, sql, args)) {
      s.setFetchSize(FETCHED);
      try (ResultSet rows = s.executeQuery()) {
        while (rows.next()) {
          reader.read(rows);
        }
      }
    }
  }

  /** The first row, if there is one. */
  public static <T> Optional<T> first(Connection c, String sql, Row<T> row, Object... args)
      throws SQLException {
    try (PreparedStatement s = prepare(c, sql, args);
        ResultSet rows = s.executeQuery()) {
      return rows.next() ? Optional.of(row.read(rows)) : Optional.empty();
    }
  }

  /** The one number that a statement such as COUNT gives. */
  public static long number(Connection c, String sql, Object... args) throws SQLException {
    return first(c, sql, r -> r.getLong(1), args)
        .orElseThrow(() -> new SQLException("no row: " + sql));
  }

  /** Runs a statement that changes rows, and says how many. */
  public static int update(Connection c, String sql, Object... args) throws SQLException {
    try (PreparedStatement s = prepare(c, sql, args)) {
      return s.executeUpdate();
    }
  }

  /** Runs one statement with many sets of arguments. */
  public static void batch(Connection c, String sql, List<Object[]> sets) throws SQLException {
    if (sets.isEmpty()) {
      return;
    }
    try (PreparedStatement s = c.prepareStatement(sql)) {
      for (Object[] args : sets) {
        bind(s, args);
        s.addBatch();
      }
      s.executeBatch();
    }
  }

  /**
   * Takes a lock that lasts until the transaction ends.
   *
   * @param name a row of {@code ol_locks}
   */
  public static void lock(Connection c, String name) throws SQLException {
    String sql = "SELECT name FROM ol_locks WHERE name = ? FOR UPDATE";
    if (first(c, sql, r -> r.getString(1), name).isEmpty()) {
      throw new SQLException("no lock " + name);
    }
  }

  /** So many question marks with commas between. */
  public static String marks(int count) {
    return java.util.stream.IntStream.range(0, count)
        .mapToObj(i -> "?")
        .collect(Collectors.joining(","));
  }

  private static PreparedStatement prepare(Connection c, String sql, Object... args)
      throws SQLException {
    PreparedStatement s = c.prepareStatement(sql);
    try {
      bind(s, args);
      return s;
    } catch (SQLException | RuntimeException e) {
      s.close();
      throw e;
    }
  }

  private static void bind(PreparedStatement s, Object... args) throws SQLException {
    for (int i = 0; i < args.length; i++) {
      s.setObject(i + 1, plain(args[i]));
    }
  }

  private static @Nullable Object plain(Object value) {
    if (value instanceof Optional<?> optional) {
      return optional.isPresent() ? plain(optional.get()) : null;
    }
    if (value instanceof OptionalLong optional) {
      return optional.isPresent() ? (Object) optional.getAsLong() : null;
    }
    if (value instanceof Instant instant) {
      return OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
    }
    if (value instanceof BigInteger integer) {
      return new BigDecimal(integer);
    }
    if (value instanceof Enum<?> constant) {
      return constant.name();
    }
    if (value instanceof Hash256 hash) {
      return hash.hex();
    }
    return value;
  }

  /** A time. */
  public static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  /** A hash. */
  public static Hash256 hash(ResultSet row, String column) throws SQLException {
    return Hash256.parse(row.getString(column));
  }

  /** A text that may be NULL. */
  public static Optional<String> text(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getString(column));
  }

  /** A number that may be NULL. */
  public static OptionalLong number(ResultSet row, String column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
  }

  /** An amount; NULL, which sums of nothing give, is zero. */
  public static BigInteger amount(ResultSet row, String column) throws SQLException {
    @Nullable BigDecimal value = row.getBigDecimal(column);
    return value == null ? BigInteger.ZERO : value.toBigIntegerExact();
  }
}
