package io.openledger.chain.cli;

import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.contracts.DirectSender.Memory;
import io.openledger.chain.connector.contracts.DirectSender.Sent;
import io.openledger.chain.connector.tx.SignedTransaction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * One transaction in a file, so that it happens once however often the command is run: a line of
 * hexadecimal digits for each time that its fee was raised. The file stays when it is done.
 *
 * @param file that does not exist before the transaction is signed
 */
record SentFile(Path file) implements Memory {

  private static final long LONGEST = 4L << 20;

  @Override
  public Optional<Sent> recall() {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      if (Files.size(file) > LONGEST) {
        throw refused("longer than " + LONGEST + " bytes");
      }
      List<SignedTransaction> attempts =
          Files.readAllLines(file, StandardCharsets.US_ASCII).stream()
              .map(line -> new SignedTransaction(HexFormat.of().parseHex(line)))
              .toList();
      List<Long> nonces =
          attempts.stream().map(a -> a.open().transaction().nonce()).distinct().toList();
      if (nonces.size() != 1) {
        throw refused("of " + nonces.size() + " nonces");
      }
      return Optional.of(new Sent(nonces.get(0), attempts));
    } catch (IOException | IllegalArgumentException e) {
      throw refused(e.getClass().getSimpleName());
    }
  }

  @Override
  public void remember(Sent sent) {
    String lines =
        String.join(
            "\n",
            sent.attempts().stream().map(a -> HexFormat.of().formatHex(a.toBytes())).toList());
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.writeString(
          beside,
          lines + "\n",
          StandardCharsets.US_ASCII,
          StandardOpenOption.CREATE,
          StandardOpenOption.TRUNCATE_EXISTING,
          StandardOpenOption.WRITE,
          StandardOpenOption.SYNC);
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("the journal " + file + " cannot be written", e);
    }
  }

  @Override
  public void forget() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("the journal " + file + " cannot be deleted", e);
    }
  }

  private OpenLedgerException refused(String what) {
    return OpenLedgerException.invalid(
        "the journal " + file, what, "what this command wrote, or a file that does not exist");
  }
}
