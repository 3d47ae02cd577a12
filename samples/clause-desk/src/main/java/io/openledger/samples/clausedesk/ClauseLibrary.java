package io.openledger.samples.clausedesk;

import static io.openledger.samples.clausedesk.ClauseDesk.CLAUSES;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.ContributionDraft;
import io.openledger.api.datanet.DatanetDraft;
import io.openledger.api.datanet.DatanetRepository;
import io.openledger.api.datanet.Visibility;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The desk's datanet: created and filled when the application starts, in the background, and again
 * every few seconds until it is whole, because the server may still be loading its model.
 *
 * <p>Filling is idempotent: each clause has its own key, so a start that was interrupted goes on
 * where it ended and a later start adds nothing.
 */
@ApplicationScoped
public class ClauseLibrary {

  private static final Logger LOG = Logger.getLogger(ClauseLibrary.class.getName());
  private static final long RETRY_SECONDS = 2;

  /**
   * Clauses a transaction: one would be slow, for each commits to disk; all would show no progress.
   */
  private static final int BATCH = 20;

  @Inject DatanetRepository datanets;
  @Inject Intake intake;

  @Resource(lookup = "java:comp/DefaultManagedScheduledExecutorService")
  @Nullable ManagedScheduledExecutorService executor;

  private volatile Progress progress = new Progress(0, 0, false, Optional.empty());
  private volatile @Nullable Future<?> filling;

  /**
   * How far the filling is.
   *
   * @param done clauses that are in the datanet
   * @param total clauses of the file; 0 until it was read
   * @param complete whether there is nothing left to do
   * @param problem why it is waiting, if it is
   */
  record Progress(int done, int total, boolean complete, Optional<OpenLedgerException> problem) {}

  /** How far the filling is. */
  Progress progress() {
    return progress;
  }

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    ManagedScheduledExecutorService threads = executor;
    if (threads == null) {
      throw new IllegalStateException("the server has no default managed scheduled executor");
    }
    filling = threads.scheduleWithFixedDelay(this::fill, 0, RETRY_SECONDS, TimeUnit.SECONDS);
  }

  @PreDestroy
  void stop() {
    cancel(true);
  }

  private void cancel(boolean interrupt) {
    Future<?> running = filling;
    if (running != null) {
      running.cancel(interrupt);
    }
  }

  private void fill() {
    if (progress.complete()) {
      return;
    }
    List<ContributionDraft> clauses = Clauses.read();
    int done = 0;
    try {
      create();
      while (done < clauses.size()) {
        List<ContributionDraft> batch =
            clauses.subList(done, Math.min(done + BATCH, clauses.size()));
        contribute(batch);
        done += batch.size();
        progress = new Progress(done, clauses.size(), false, Optional.empty());
      }
      progress = new Progress(done, clauses.size(), true, Optional.empty());
      LOG.log(Level.INFO, "datanet {0} holds the {1} clauses", new Object[] {CLAUSES, done});
      cancel(false);
    } catch (OpenLedgerException e) {
      // the next round tries again; the page shows the reason meanwhile
      progress = new Progress(done, clauses.size(), false, Optional.of(e));
      LOG.log(Level.INFO, "datanet {0} waits: {1}", new Object[] {CLAUSES, e.getMessage()});
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, e, () -> "datanet " + CLAUSES + " cannot be filled yet");
      progress =
          new Progress(
              done,
              clauses.size(),
              false,
              Optional.of(
                  new OpenLedgerException(
                      ErrorCode.INTERNAL,
                      "a failure of the kind " + e.getClass().getSimpleName(),
                      "a server that accepts the clauses",
                      "look at the server's log; the desk tries again",
                      e)));
    }
  }

  private void contribute(List<ContributionDraft> batch) {
    try {
      intake.contributeAll(batch);
    } catch (OpenLedgerException e) {
      if (e.code().category() != ErrorCode.Category.CONFLICT) {
        throw e;
      }
      // one of them is there already under another key, or was retracted: the others still count
      batch.forEach(this::contributeUnlessThere);
    }
  }

  private void contributeUnlessThere(ContributionDraft clause) {
    try {
      intake.contribute(clause);
    } catch (OpenLedgerException e) {
      if (e.code().category() != ErrorCode.Category.CONFLICT) {
        throw e;
      }
    }
  }

  private void create() {
    if (datanets.find(CLAUSES).isPresent()) {
      return;
    }
    try {
      datanets.create(
          new DatanetDraft(
              CLAUSES,
              "Contract and policy clauses",
              "Standard clauses of six teams, for drafting contracts and policies.",
              Visibility.PUBLIC));
    } catch (OpenLedgerException e) {
      // another node of the same application was faster
      if (e.code() != ErrorCode.DATANET_EXISTS) {
        throw e;
      }
    }
  }
}
