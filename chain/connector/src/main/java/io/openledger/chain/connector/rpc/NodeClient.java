package io.openledger.chain.connector.rpc;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.tx.Fees;
import io.openledger.chain.connector.tx.SignedTransaction;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one endpoint says, believed as it stands: for a node of one's own, for programs and for
 * tests. {@link Endpoints} asks several and believes none of them alone. Safe for any number of
 * threads.
 */
public final class NodeClient implements ChainClient {

  private final Node node;
  private final long chainId;
  private final L1Fees l1Fees = new L1Fees(this);

  /**
   * Asks for the chain's id.
   *
   * @param service whom to ask
   * @throws OpenLedgerException {@code CHAIN_UNAVAILABLE} if it does not answer
   */
  public NodeClient(HttpService service) {
    this.node = new Node(service);
    this.chainId = ask(Question.chainId());
  }

  private <T> T ask(Question<T> question) {
    try {
      return node.ask(question);
    } catch (RpcException e) {
      throw e.elsewhere() ? Refusals.unavailable(e) : Refusals.refused(e);
    }
  }

  @Override
  public long chainId() {
    return chainId;
  }

  @Override
  public BlockHeader head(Finality finality) {
    return ask(Question.block(finality.tag()))
        .orElseThrow(
            () ->
                Refusals.unavailable(
                    "endpoint " + node.name() + " has no block that is " + finality.tag(), null));
  }

  @Override
  public Optional<BlockHeader> block(long number) {
    return ask(Question.block(number));
  }

  @Override
  public Wei balance(ChainAddress address) {
    return new Wei(ask(Question.balance(address, Finality.UNSAFE.tag())));
  }

  @Override
  public long nonce(ChainAddress address, Finality finality) {
    return ask(Question.nonce(address, finality.tag()));
  }

  @Override
  public long nonce(ChainAddress address, long block) {
    return ask(Question.nonce(address, Question.hex(block)));
  }

  @Override
  public Optional<List<SentTransaction>> sent(ChainAddress sender, Hash256 block) {
    return ask(Question.sent(sender, block, chainId))
        .map(sent -> sent.stream().filter(SentTransaction::signed).toList());
  }

  @Override
  public byte[] code(ChainAddress address) {
    return ask(Question.code(address, Finality.UNSAFE.tag()));
  }

  @Override
  public BigInteger storage(ChainAddress address, BigInteger slot) {
    return ask(Question.storage(address, slot, Finality.UNSAFE.tag()));
  }

  @Override
  public byte[] call(Call call, Finality finality) {
    return ask(Question.call(call, finality.tag()));
  }

  @Override
  public byte[] call(Call call, long block) {
    return ask(Question.call(call, Question.hex(block)));
  }

  @Override
  public long estimateGas(Call call) {
    return ask(Question.estimateGas(call));
  }

  @Override
  public Fees fees(Wei ceiling) {
    return FeeMarket.fees(head(Finality.UNSAFE).baseFee(), tips(), EndpointSettings.USUAL, ceiling);
  }

  private List<BigInteger> tips() {
    try {
      return List.of(node.ask(Question.priorityFee()));
    } catch (RpcException e) {
      return ask(Question.tips()).stream().toList(); // not all nodes know the first one
    }
  }

  @Override
  public Wei l1Fee(byte[] raw) {
    return l1Fees.of(raw);
  }

  @Override
  public Optional<TransactionReceipt> receipt(Hash256 transaction) {
    return ask(Question.receipt(transaction));
  }

  @Override
  public List<EventLog> logs(EventFilter filter, long from, long to) {
    LogRange.check(from, to);
    List<EventLog> logs = new ArrayList<>();
    LogRange.split(
        from,
        to,
        (first, last) -> {
          try {
            LogRange.add(logs, node.ask(Question.logs(filter, first, last)));
            return Optional.empty();
          } catch (RpcException e) {
            return Optional.of(e);
          }
        });
    return List.copyOf(logs);
  }

  @Override
  public Broadcast broadcast(SignedTransaction transaction) {
    return handOver(transaction).outcome();
  }

  @Override
  public Handover handOver(SignedTransaction transaction) {
    try {
      node.ask(Question.send(transaction));
      return new Handover(Broadcast.ACCEPTED, Optional.empty());
    } catch (RpcException e) {
      return new Handover(outcome(e), Optional.ofNullable(e.getMessage()));
    }
  }

  /** What an error says of a transaction that was handed over. */
  static Broadcast outcome(RpcException e) {
    if (e.kind() != RpcException.Kind.ERROR) {
      return Broadcast.UNKNOWN;
    }
    return switch (e.error().outcome()) {
      case KNOWN -> Broadcast.ACCEPTED;
      case NONCE_USED -> Broadcast.NONCE_USED;
      case UNDERPRICED -> Broadcast.UNDERPRICED;
      case FUNDS -> Broadcast.FUNDS;
      case OTHER -> Broadcast.UNKNOWN;
    };
  }
}
