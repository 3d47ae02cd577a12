package io.openledger.runtime.store;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Which transaction a piece of work belongs to. Safe for any thread.
 *
 * <p><b>Refusals and failures.</b> A refusal (the request is invalid, forbidden, unknown, in
 * conflict) is decided before anything is written, so it leaves the caller's transaction as it is:
 * a caller who expects it may go on. A failure (the database, a defect) may leave half of the work
 * behind, so it marks the caller's transaction for rollback.
 */
public final class Transactions {

  /**
   * What is done with a connection that is enlisted in the transaction.
   *
   * @param <T> what comes of it
   */
  @FunctionalInterface
  public interface Work<T> {
    /** Does it. The connection is closed by the caller. */
    T run(Connection connection) throws SQLException;
  }

  private static final int ATTEMPTS = 4;

  private final TransactionManager manager;
  private final DataSource dataSource;

  /** Over the server's transaction manager and a data source that enlists in its transactions. */
  public Transactions(TransactionManager manager, DataSource dataSource) {
    this.manager = manager;
    this.dataSource = dataSource;
  }

  /**
   * Works in the transaction of the calling thread, or in one of its own where there is none.
   *
   * @param doing what is done, for messages
   * @throws OpenLedgerException {@link ErrorCode#LEDGER_UNAVAILABLE}, and what the work throws
   */
  public <T> T join(String doing, Work<T> work) {
    return switch (status()) {
      case Status.STATUS_NO_TRANSACTION -> own(doing, work);
      case Status.STATUS_ACTIVE -> joined(doing, work);
      // the thread still carries a transaction that has ended: inside its afterCompletion
      case Status.STATUS_COMMITTED -> requiresNew(doing, work);
      // rolled back looks the same there as after a timeout, in the middle of the caller's method:
      // what would be written beside it would stay although all else of the caller's is undone
      default -> throw ended(doing);
    };
  }

  /**
   * Refuses when the thread's transaction cannot be written in any more, so that nothing slow is
   * begun in vain.
   */
  public void requireUsable(String doing) {
    switch (status()) {
      case Status.STATUS_NO_TRANSACTION, Status.STATUS_ACTIVE, Status.STATUS_COMMITTED -> {}
      default -> throw ended(doing);
    }
  }

  private static OpenLedgerException ended(String doing) {
    return new OpenLedgerException(
        ErrorCode.LEDGER_UNAVAILABLE,
        doing + " in a transaction that is rolled back or marked for it, perhaps for its timeout",
        "an active transaction, or none",
        "roll back and call again, in a new transaction or with a longer timeout");
  }

  /**
   * Works in a transaction of its own, whatever becomes of the caller's. It sees what is committed
   * only.
   */
  public <T> T requiresNew(String doing, Work<T> work) {
    @Nullable Transaction suspended = suspend(doing);
    try {
      return own(doing, work);
    } finally {
      if (suspended != null) {
        resume(doing, suspended);
      }
    }
  }

  /** Runs something outside of the thread's transaction. */
  void suspended(String doing, Runnable task) {
    @Nullable Transaction suspended = suspend(doing);
    try {
      task.run();
    } finally {
      if (suspended != null) {
        resume(doing, suspended);
      }
    }
  }

  /**
   * Runs a task after the thread's transaction, which must be active, has committed; never when it
   * rolled back. The task must be quick and must not throw: the transaction is over and nobody can
   * be told.
   */
  public void afterCommit(Runnable task) {
    try {
      manager
          .getTransaction()
          .registerSynchronization(
              new Synchronization() {
                @Override
                public void beforeCompletion() {}

                @Override
                public void afterCompletion(int status) {
                  if (status == Status.STATUS_COMMITTED) {
                    task.run();
                  }
                }
              });
    } catch (Exception e) {
      throw StoreFailure.ofTransaction("watching the transaction", e);
    }
  }

  private <T> T joined(String doing, Work<T> work) {
    try {
      return withConnection(doing, work);
    } catch (Throwable e) {
      if (!isRefusal(e)) {
        markRollback(e);
      }
      throw e;
    }
  }

  /**
   * A lock that another transaction held too long is asked for again: this transaction held nothing
   * but its own work, which was rolled back.
   */
  private <T> T own(String doing, Work<T> work) {
    for (int left = ATTEMPTS - 1; ; left--) {
      try {
        return once(doing, work);
      } catch (OpenLedgerException e) {
        if (left == 0
            || !(e.getCause() instanceof SQLException cause)
            || !StoreFailure.locked(cause)) {
          throw e;
        }
      }
    }
  }

  private <T> T once(String doing, Work<T> work) {
    try {
      manager.begin();
    } catch (Exception e) {
      throw StoreFailure.ofTransaction(doing + ": beginning a transaction", e);
    }
    T result;
    try {
      result = withConnection(doing, work);
    } catch (Throwable e) {
      rollback(e);
      throw e;
    }
    try {
      manager.commit();
    } catch (Exception e) {
      throw StoreFailure.ofTransaction(doing + ": the commit", e);
    }
    return result;
  }

  private <T> T withConnection(String doing, Work<T> work) {
    try (Connection connection = dataSource.getConnection()) {
      return work.run(connection);
    } catch (SQLException e) {
      throw StoreFailure.of(doing, e);
    }
  }

  static boolean isRefusal(Throwable e) {
    return e instanceof OpenLedgerException refused
        && refused.code().category() != ErrorCode.Category.UNAVAILABLE
        && refused.code().category() != ErrorCode.Category.INTERNAL;
  }

  private int status() {
    try {
      return manager.getStatus();
    } catch (SystemException e) {
      throw StoreFailure.ofTransaction("asking for the transaction", e);
    }
  }

  private void markRollback(Throwable because) {
    try {
      manager.setRollbackOnly();
    } catch (Exception e) {
      because.addSuppressed(e);
    }
  }

  private void rollback(Throwable because) {
    try {
      manager.rollback();
    } catch (Exception e) {
      because.addSuppressed(e);
    }
  }

  private @Nullable Transaction suspend(String doing) {
    try {
      return manager.suspend();
    } catch (SystemException e) {
      throw StoreFailure.ofTransaction(doing + ": suspending the transaction", e);
    }
  }

  private void resume(String doing, Transaction suspended) {
    try {
      manager.resume(suspended);
    } catch (Exception e) {
      throw StoreFailure.ofTransaction(doing + ": resuming the transaction", e);
    }
  }
}
