import { html, nothing } from 'lit';
import { byAccount, open, percent, portion } from './amounts.js';
import * as api from './api.js';
import { Light } from './light.js';
import { numbers, segments } from './segments.js';
import { accountName, badge, contributors, count, role, tone } from './views.js';

/** What the answer owes to whom, and the files that prove it. */
class DeskOwes extends Light {
  static properties = { answer: { attribute: false }, running: { type: Boolean } };

  updated() {
    for (const part of this.querySelectorAll('[data-portion]')) {
      part.style.flexGrow = part.dataset.portion;
    }
  }

  render() {
    return html`<section class="card owes" aria-labelledby="owes-title">
      <div class="card-head"><h2 id="owes-title">This answer owes</h2></div>
      ${this.answer
        ? this.#owes()
        : html`<p class="empty-line">
            ${this.running ? 'Known when the answer is complete.' : 'No answer yet.'}
          </p>`}
    </section>`;
  }

  #owes() {
    const { credits, receipt } = this.answer;
    const fee = BigInt(receipt.fee);
    const payees = byAccount(credits);
    return html`
      <p class="total" title="${receipt.fee} wei">${open(fee)} <span>OPEN</span></p>
      <div class="bar" aria-hidden="true">
        ${payees.map(
          (one, i) =>
            html`<span
              class="part part-${(i % 8) + 1}"
              data-portion=${portion(one.amount, fee)}
            ></span>`,
        )}
      </div>
      <table class="plain">
        <caption class="sr">
          To whom this answer's fee goes
        </caption>
        <thead>
          <tr><th scope="col">Who</th><th scope="col" class="n">OPEN</th><th scope="col" class="n">Part</th></tr>
        </thead>
        <tbody>
          ${payees.map(
            (one, i) => html`<tr>
              <th scope="row">
                <span class="key part-${(i % 8) + 1}" aria-hidden="true"></span>
                ${accountName(one.account)}
                <small>${this.#reason(one)}</small>
              </th>
              <td class="n" title="${one.amount} wei">${open(one.amount)}</td>
              <td class="n">${percent(one.amount, fee)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
      <dl class="receipt">
        <dt>Receipt</dt>
        <dd><code class="hash" id="receipt-hash">${receipt.hash}</code></dd>
        <dt>Policy</dt>
        <dd>${receipt.policy}</dd>
      </dl>
      <div class="exports" role="group" aria-label="Export the provenance report">
        ${[
          ['json', 'JSON', 'canonical, for machines'],
          ['csv', 'CSV', 'one line a credit, for spreadsheets'],
          ['html', 'HTML', 'a page for people'],
        ].map(
          ([format, name, what]) => html`<a
            class="secondary button"
            id="export-${format}"
            href=${api.reportAddress(receipt.id, format)}
            download
            title="Provenance report: ${what}"
            ><span class="sr">Export the provenance report as </span>${name}</a
          >`,
        )}
      </div>
    `;
  }

  #reason({ roles, contributions }) {
    const words = [...roles].map((one) =>
      one === 'CONTRIBUTORS' && contributions.size > 0 ? count(contributions.size, 'clause') : role(one),
    );
    return words.join(', ');
  }
}

/** The sources of the draft as a table: what the colours say, in words and figures. */
class DeskSources extends Light {
  static properties = { answer: { attribute: false }, fresh: { attribute: false } };

  render() {
    if (!this.answer) {
      return nothing;
    }
    const { spans, contributions, receipt } = this.answer;
    const order = numbers(segments(this.answer.text, spans), spans);
    return html`<section class="card sources" aria-labelledby="sources-title">
      <div class="card-head">
        <h2 id="sources-title">Sources of this draft</h2>
        <p class="figures">${count(spans.length, 'passage')} from ${count(order.size, 'clause')}</p>
      </div>
      ${order.size === 0
        ? html`<p class="empty-line">
            No passage of this draft stands in a clause, so no contributor is owed; their part goes
            to the treasury.
          </p>`
        : html`<div class="scroll" tabindex="0" role="group" aria-label="Table of sources">
            <table class="plain">
              <thead>
                <tr>
                  <th scope="col">No.</th>
                  <th scope="col">Clause</th>
                  <th scope="col">Contributors</th>
                  <th scope="col">Licence</th>
                  <th scope="col" class="n">Tokens</th>
                  <th scope="col" class="n">Bits</th>
                  <th scope="col" class="n">Found in</th>
                  <th scope="col" class="n">Credit, OPEN</th>
                  <th scope="col" class="n">Of the fee</th>
                </tr>
              </thead>
              <tbody>
                ${[...order].map(([id, number]) => {
                  const own = spans.filter(({ owner }) => owner === id);
                  const sum = (field) => own.reduce((total, span) => total + span[field], 0);
                  const one = contributions[id];
                  const paid = BigInt(one?.credit ?? '0');
                  return html`<tr class=${id === this.fresh ? 'fresh' : ''} data-contribution=${id}>
                    <td>${badge(number)}<span class="sr">${number}</span></td>
                    <th scope="row">
                      <span class="sample ${tone(number)}">${one?.title ?? id}</span>
                      ${id === this.fresh ? html`<span class="new">yours</span>` : nothing}
                    </th>
                    <td>${one ? contributors(one.contributors) : 'not readable'}</td>
                    <td class="licence">${one?.licence ?? '–'}</td>
                    <td class="n">${sum('tokens')}</td>
                    <td class="n">${(sum('creditedMillibits') / 1000).toFixed(0)}</td>
                    <td class="n">${Math.max(...own.map((span) => span.contributionCount))}</td>
                    <td class="n" title="${paid} wei">${open(paid)}</td>
                    <td class="n">${percent(paid, BigInt(receipt.fee))}</td>
                  </tr>`;
                })}
              </tbody>
            </table>
          </div>`}
      <p class="hint">
        A coloured passage stands word for word in the clause whose number follows it. That is
        evidence of the text, not proof that the clause caused it. What is not coloured stands in no
        clause.
      </p>
    </section>`;
  }
}

/** Who has earned and who owes, with the change since the answer before. */
class DeskBalances extends Light {
  static properties = { accounts: { attribute: false }, before: { attribute: false } };

  render() {
    const earners = this.accounts.filter(({ kind }) => kind !== 'PAYER');
    const payers = this.accounts.filter(({ kind }) => kind === 'PAYER');
    return html`<section class="card balances" aria-labelledby="balances-title">
      <div class="card-head"><h2 id="balances-title">Balances</h2></div>
      ${this.accounts.length === 0
        ? html`<p class="empty-line">Nobody has earned anything yet.</p>`
        : html`<table class="plain">
            <thead>
              <tr>
                <th scope="col">Account</th>
                <th scope="col" class="n">OPEN</th>
                <th scope="col" class="n">Last answer</th>
              </tr>
            </thead>
            <tbody>
              ${[...earners.sort(byBalance), ...payers].map((one) => this.#row(one))}
            </tbody>
          </table>`}
    </section>`;
  }

  #row({ id, name, kind, balance, address }) {
    const now = BigInt(balance);
    const change = this.before ? now - BigInt(this.before.get(id) ?? '0') : 0n;
    return html`<tr data-account=${id}>
      <th scope="row">
        ${name}
        <small title=${address ?? nothing}
          >${kind === 'PAYER'
            ? 'owes for its answers'
            : address
              ? `${address.slice(0, 8)}…${address.slice(-4)}`
              : kind === 'CONTRIBUTOR'
                ? 'no address yet'
                : nothing}</small
        >
      </th>
      <td class="n" title="${balance} wei">${open(now)}</td>
      <td class="n change ${change > 0n ? 'up' : change < 0n ? 'down' : ''}">
        ${change === 0n ? '–' : `${change > 0n ? '+' : ''}${open(change)}`}
      </td>
    </tr>`;
  }
}

const byBalance = (a, b) => {
  const difference = BigInt(b.balance) - BigInt(a.balance);
  return difference > 0n ? 1 : difference < 0n ? -1 : a.name.localeCompare(b.name);
};

customElements.define('desk-owes', DeskOwes);
customElements.define('desk-sources', DeskSources);
customElements.define('desk-balances', DeskBalances);
