package io.openledger.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelId;
import io.openledger.api.spi.AdapterAccess;
import io.openledger.runtime.store.Store;
import io.openledger.runtime.store.Transactions;
import io.openledger.runtime.support.TestClock;
import io.openledger.runtime.support.TestDatabase;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A change of an adapter is made of the adapter as it is, or not at all. */
class AdapterRowsTest {

  private static final ModelId TONE = new ModelId("tone");
  private static final String FOLDER = "00000000-0000-4000-8000-000000000000";

  private final TestDatabase database = TestDatabase.h2();
  private final TestClock clock = new TestClock();
  private final Store store =
      new Store(
          database.pool(),
          new Transactions(database.transactions(), database.pool()),
          c -> {},
          clock);

  @AfterEach
  void close() {
    database.close();
  }

  private static AdapterRow upload(ModelId id, String owner, long bytes) {
    return AdapterRow.upload(
        id,
        new AdapterUploads.Taken(FOLDER, bytes),
        new AdapterAccess(owner, Set.of("user:ann", "*")),
        Optional.of("maria"));
  }

  private AdapterRow put(AdapterRow row) {
    return store.requiresNew("writing", c -> AdapterRows.put(c, row, "test", clock.instant()));
  }

  private long delete(AdapterRow row) {
    return store.requiresNew("deleting", c -> AdapterRows.delete(c, row));
  }

  private Optional<AdapterRow> find() {
    return store.requiresNew("reading", c -> AdapterRows.find(c, TONE));
  }

  private static void changed(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.ADAPTER_EXISTS));
  }

  @Test
  void whatIsWrittenIsRead() {
    AdapterRow written = put(upload(TONE, "user:bob", 7));
    assertThat(written.revision()).isEqualTo(1);
    assertThat(find()).contains(written);
    assertThat(store.requiresNew("reading", AdapterRows::all)).containsEntry(TONE, written);
    assertThat(store.requiresNew("reading", AdapterRows::revisions)).containsEntry(TONE, 1L);
    assertThat(store.<Long>requiresNew("reading", AdapterRows::lastChange)).isEqualTo(1);
  }

  @Test
  void changeOfAnOlderRevisionIsRefused() {
    AdapterRow first = put(upload(TONE, "user:bob", 7));
    AdapterRow second = put(first.withPin(true));
    changed(() -> put(first.withAccess(AdapterAccess.PUBLIC)));
    changed(() -> delete(first));
    assertThat(find()).contains(second);
    assertThat(second.revision()).isEqualTo(2);
  }

  @Test
  void nameIsTakenOnce() {
    AdapterRow first = put(upload(TONE, "user:bob", 7));
    changed(() -> put(upload(TONE, "user:eve", 7)));
    assertThat(find()).contains(first);
  }

  @Test
  void whatWasDeletedIsNotChangedAnyMore() {
    AdapterRow first = put(upload(TONE, "user:bob", 7));
    assertThat(delete(first)).isEqualTo(2);
    changed(() -> put(first.withPin(true)));
    assertThat(find()).isEmpty();
    // also when the name has another adapter by now
    put(upload(TONE, "user:eve", 7));
    changed(() -> delete(first));
  }

  @Test
  void usageIsThatOfTheOwnersOtherUploads() {
    put(upload(TONE, "user:bob", 7));
    put(upload(new ModelId("alto"), "user:bob", 5));
    put(upload(new ModelId("bass"), "user:eve", 3));
    put(AdapterRow.folder(new ModelId("desk"), 1, AdapterAccess.PUBLIC, Optional.empty(), 0));
    assertThat(usage("user:bob", TONE)).isEqualTo(new AdapterRows.Usage(1, 5));
    assertThat(usage("user:bob", new ModelId("new"))).isEqualTo(new AdapterRows.Usage(2, 12));
    assertThat(usage("user:ann", TONE)).isEqualTo(new AdapterRows.Usage(0, 0));
    assertThat(store.<Long>requiresNew("counting", AdapterRows::uploads)).isEqualTo(3);
  }

  private AdapterRows.Usage usage(String owner, ModelId without) {
    return store.requiresNew("counting", c -> AdapterRows.usage(c, owner, without));
  }
}
