import { html, nothing } from 'lit';
import { open } from './amounts.js';
import * as api from './api.js';
import { Light } from './light.js';
import { STAGES, rootFor, stageOf, waiting } from './rewards.js';
import { accountName, count, problem } from './views.js';

const POLL_MILLIS = 2000;
/** As many as the server tells at once; an answer that pays more is followed by its largest. */
const MOST = 16;
/** After that a claim may be sent again: the server sends nothing twice. */
const AGAIN_MILLIS = 20_000;
const CLAIM_PAGE = '/openledger/claim/page.html';

const short = (hash) => html`<code title=${hash}>${hash.slice(0, 10)}…${hash.slice(-6)}</code>`;

/** An answer's reward on its way: earned, in an epoch, under a root on chain, claimable, paid. */
class DeskRewards extends Light {
  static properties = {
    followed: { attribute: false },
    seen: { state: true },
    failure: { state: true },
    claiming: { state: true },
    payments: { state: true },
    told: { state: true },
  };

  #timer = 0;
  #turn = 0;

  constructor() {
    super();
    this.followed = null;
    this.#forget();
  }

  #forget() {
    this.seen = null;
    this.failure = null;
    this.claiming = false;
    this.payments = [];
    this.told = '';
    this.since = undefined;
    this.sentAt = 0;
    this.sent = new Map();
  }

  willUpdate(changed) {
    if (changed.has('followed')) {
      this.#forget();
      this.#turn++;
      clearTimeout(this.#timer);
      if (this.followed) {
        this.#poll(this.#turn);
      }
    }
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#turn++;
    clearTimeout(this.#timer);
  }

  get #payable() {
    return (this.followed ?? []).filter(({ target }) => target !== undefined).slice(0, MOST);
  }

  /** Asks again until all is paid; a hidden page asks nothing. */
  async #poll(turn) {
    if (!document.hidden) {
      try {
        const seen = await api.rewards(this.#payable.map(({ id }) => id));
        if (turn !== this.#turn) {
          return;
        }
        this.failure = null;
        this.seen = seen;
        // the newest epoch has all that its answer says, an earlier one perhaps not
        if (this.since === undefined && this.#payable.every((one) => this.#closed(one))) {
          this.since = seen.epoch;
        }
      } catch (error) {
        if (turn !== this.#turn) {
          return;
        }
        this.failure = api.problemOf(error);
      }
    }
    if (this.#stage() < STAGES.length - 1) {
      this.#timer = setTimeout(() => this.#poll(turn), POLL_MILLIS);
    }
  }

  #closed({ id, target }) {
    return BigInt(this.#standing(id)?.closed ?? '0') >= target;
  }

  #standing(id) {
    return this.seen?.accounts.find((one) => one.id === id);
  }

  #amounts(id) {
    const { claimed, claimable } = this.#standing(id) ?? {};
    return `${claimed} ${claimable}`;
  }

  #stageOf({ id, target }) {
    return stageOf(target, this.#standing(id), this.seen?.roots ?? [], this.since);
  }

  /** How far all of it is. */
  #stage() {
    const stages = this.#payable.map((one) => this.#stageOf(one));
    return stages.length === 0 ? STAGES.length - 1 : Math.min(...stages);
  }

  async #claim(ids) {
    const turn = this.#turn;
    this.claiming = true;
    this.told = '';
    try {
      const { payments } = await api.claim(ids);
      if (turn !== this.#turn) {
        return;
      }
      const sent = ({ account, transaction }) => `${account} ${transaction}`;
      const again = new Set(payments.map(sent));
      this.payments = [...this.payments.filter((one) => !again.has(sent(one))), ...payments];
      this.sentAt = Date.now();
      this.sent = new Map(ids.map((id) => [id, this.#amounts(id)]));
      this.failure = null;
      if (payments.length === 0) {
        this.told =
          'Nothing was sent: it is less than the least that the server claims, or on its way already.';
      }
    } catch (error) {
      if (turn === this.#turn) {
        this.failure = api.problemOf(error);
      }
    } finally {
      if (turn === this.#turn) {
        this.claiming = false;
      }
    }
  }

  render() {
    return html`<section class="card rewards" aria-labelledby="rewards-title">
      <div class="card-head"><h2 id="rewards-title">From reward to payment</h2></div>
      ${this.followed ? this.#way() : html`<p class="empty-line">What a draft owes is followed here until it is paid.</p>`}
    </section>`;
  }

  #way() {
    if (this.#payable.length === 0) {
      return html`<p class="empty-line">
        Nobody whom this answer pays has an address on the chain. What they have earned is kept for
        them. At temperature 0 a draft keeps closest to the clauses, whose contributors have one.
      </p>`;
    }
    const stage = this.#stage();
    const chainless = this.seen && !this.seen.attached;
    return html`
      <ol class="way">
        ${STAGES.map((name, i) => {
          const state = i <= stage ? 'done' : i === stage + 1 && !(chainless && i > 1) ? 'next' : 'later';
          return html`<li class=${state} data-stage=${name} data-state=${state}>
            <span class="sr">${state === 'done' ? 'Done: ' : state === 'next' ? 'Now: ' : 'Later: '}</span>
            <strong>${this.#title(name)}</strong>
            <small>${this.#detail(name, i <= stage)}</small>
          </li>`;
        })}
      </ol>
      ${chainless
        ? html`<p class="note warn" id="no-chain">
            <strong>No chain is attached.</strong> The server closes epochs all the same; what they have
            can be claimed once a chain is attached.
          </p>`
        : this.#claims()}
      ${this.seen?.problem ? problem(this.seen.problem) : nothing}
      ${this.failure ? problem(this.failure) : nothing}
      ${this.told ? html`<p class="note" role="status">${this.told}</p>` : nothing}
    `;
  }

  #title(name) {
    return {
      earned: 'Earned',
      closed: 'Epoch closed',
      posted: 'Root posted',
      claimable: 'Claimable',
      paid: 'Paid',
    }[name];
  }

  #detail(name, done) {
    const sum = (amounts) => amounts.reduce((total, one) => total + one, 0n);
    const root = rootFor(this.seen?.roots ?? [], this.since);
    switch (name) {
      case 'earned': {
        const rest = this.followed.filter(({ target }) => target === undefined);
        return html`${open(sum(this.#payable.map(({ amount }) => amount)))} OPEN for
          ${count(this.#payable.length, 'account')}${rest.length > 0
            ? html`; ${open(sum(rest.map(({ amount }) => amount)))} OPEN wait for an address`
            : nothing}`;
      }
      case 'closed':
        return done ? `in epoch ${this.since ?? this.seen?.epoch ?? ''}` : 'when the interval is over';
      case 'posted':
        return this.#posting(root, done);
      case 'claimable': {
        const ready = sum(this.#payable.map(({ id }) => BigInt(this.#standing(id)?.claimable ?? '0')));
        if (this.#stage() === 4) {
          return 'proven against the root on chain';
        }
        const amount = html`<span title="${ready} wei">${open(ready)} OPEN</span>`;
        if (done) {
          return html`${amount}, proven against the root on chain`;
        }
        // of earlier answers
        return ready > 0n
          ? html`${amount} already; with this answer ${this.#countdown(root)}`
          : this.#countdown(root);
      }
      default: {
        const paid = sum(this.payments.map(({ amount }) => BigInt(amount)));
        const hashes = [...new Set(this.payments.map(({ transaction }) => transaction))];
        if (hashes.length === 0) {
          return done ? 'the contract says so' : 'to the accounts’ own addresses';
        }
        return html`${open(paid)} OPEN, sent as ${hashes.map((hash) => html`${short(hash)} `)}`;
      }
    }
  }

  #posting(root, done) {
    if (!root) {
      return done ? 'under an earlier root' : 'with the digest of the published amounts';
    }
    const hash = root.transaction ? short(root.transaction) : nothing;
    return root.stands || root.state === 'SUBMITTED'
      ? html`${root.stands ? 'in' : 'sent as'} ${hash}`
      : html`${root.state.toLowerCase()} ${hash}${root.detail ? html`: ${root.detail}` : nothing}`;
  }

  #countdown(root) {
    const asOf = this.#payable.map(({ id }) => this.#standing(id)?.asOf).find(Boolean);
    if (!root?.stands || !root.activeAt || !asOf) {
      return 'when the root is active';
    }
    const left = Date.parse(root.activeAt) - Date.parse(asOf);
    return html`<span id="countdown">in ${waiting(left)}</span> by the chain’s clock`;
  }

  #claims() {
    const ready = this.#payable.filter(({ id }) => {
      const { claimable = '0', minimum = '0' } = this.#standing(id) ?? {};
      return BigInt(claimable) > 0n && BigInt(claimable) >= BigInt(minimum);
    });
    // what was sent is on its way as long as the chain says the same as before
    const onTheWay = ready.some(({ id }) => this.sent.get(id) === this.#amounts(id));
    const busy = this.claiming || (onTheWay && Date.now() - this.sentAt < AGAIN_MILLIS);
    return html`
      <table class="plain">
        <caption class="sr">What can be claimed</caption>
        <thead>
          <tr><th scope="col">Who</th><th scope="col" class="n">Claimable</th><th scope="col" class="n">Claimed</th></tr>
        </thead>
        <tbody>
          ${this.#payable.map((one) => {
            const standing = this.#standing(one.id);
            return html`<tr data-payee=${one.id}>
              <th scope="row">
                ${accountName(one.id)}
                <small
                  ><a href="${CLAIM_PAGE}?account=${encodeURIComponent(one.id)}" target="_blank" rel="noopener"
                    >claim with a wallet<span class="sr"> what ${accountName(one.id)} has earned</span></a
                  ></small
                >
              </th>
              <td class="n" title="${standing?.claimable ?? 0} wei">${open(BigInt(standing?.claimable ?? '0'))}</td>
              <td class="n claimed" title="${standing?.claimed ?? 0} wei">${open(BigInt(standing?.claimed ?? '0'))}</td>
            </tr>`;
          })}
        </tbody>
      </table>
      ${this.#stage() === 4
        ? nothing
        : html`<div class="actions">
            <button
              type="button"
              class="primary"
              id="claim"
              ?disabled=${busy || ready.length === 0}
              @click=${() => this.#claim(ready.map(({ id }) => id))}
            >
              ${busy ? 'Being paid…' : 'Claim'}
            </button>
            <p class="hint">The server sends it and pays the gas.</p>
          </div>`}
    `;
  }
}

customElements.define('desk-rewards', DeskRewards);
