/**
 * Deciding the rules by which everybody is paid: proposals, votes and their execution on the
 * rollup, in plain words.
 *
 * <p>Inject {@link io.openledger.api.governance.PolicyGovernance}. A change is drafted ({@link
 * io.openledger.api.governance.PolicyDraft}), looked at ({@link
 * io.openledger.api.governance.PolicyPreview}), proposed, voted on, queued and executed; each step
 * is a transaction of the server's key, sent once ({@link
 * io.openledger.api.governance.Submission}). Anybody with enough votes proposes whatever they like:
 * a {@link io.openledger.api.governance.Proposal} therefore shows every one of its calls, what can
 * be read of them and how dangerous that is, and treats the proposer's text as hostile.
 *
 * <p>It must not depend on the chain nor on an implementation.
 */
@NullMarked
package io.openledger.api.governance;

import org.jspecify.annotations.NullMarked;
