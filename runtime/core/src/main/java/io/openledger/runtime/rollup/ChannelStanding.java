package io.openledger.runtime.rollup;

import io.openledger.api.Hash256;
import io.openledger.api.reward.Wei;
import java.util.Optional;

/**
 * A channel as the payee has it. Told to its payer alone.
 *
 * @param channel its name
 * @param deposit what of the deposit counts
 * @param settled paid on the chain
 * @param charged for answers that were given
 * @param reserved for calls under way
 * @param accepted the highest amount that the payer signed
 * @param voucher the payer's signature of that, in hexadecimal digits: the proof for a payer who
 *     lost track; empty if nothing was accepted
 */
public record ChannelStanding(
    Hash256 channel,
    Wei deposit,
    Wei settled,
    Wei charged,
    Wei reserved,
    Wei accepted,
    Optional<String> voucher) {}
