import { html, nothing } from 'lit';
import { byAccount } from './amounts.js';
import * as api from './api.js';
import './desk-answer.js';
import './desk-composer.js';
import './desk-contribute.js';
import './desk-library.js';
import './desk-paper.js';
import './desk-rewards.js';
import { Light } from './light.js';
import { followed } from './rewards.js';
import { count, problem } from './views.js';

const POLL_MILLIS = 1500;

/** The whole desk: what is known, what is running, and who is told. */
class DeskApp extends Light {
  static properties = {
    status: { state: true },
    unreachable: { state: true },
    accounts: { state: true },
    before: { state: true },
    followed: { state: true },
    clauses: { state: true },
    request: { state: true },
    text: { state: true },
    certain: { state: true },
    answer: { state: true },
    running: { state: true },
    failure: { state: true },
    fresh: { state: true },
    spoken: { state: true },
  };

  #timer = 0;

  constructor() {
    super();
    this.status = null;
    this.unreachable = null;
    this.accounts = [];
    this.before = null;
    this.followed = null;
    this.clauses = [];
    this.request = null;
    this.text = '';
    this.certain = [];
    this.answer = null;
    this.running = false;
    this.failure = null;
    this.fresh = null;
    this.spoken = '';
  }

  connectedCallback() {
    super.connectedCallback();
    this.#poll();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  get ready() {
    return this.status?.ready === true;
  }

  async #poll() {
    try {
      this.status = await api.status();
      this.unreachable = null;
      if (this.ready) {
        await this.#refresh();
        return;
      }
    } catch (error) {
      this.unreachable = api.problemOf(error);
    }
    this.#timer = setTimeout(() => this.#poll(), POLL_MILLIS);
  }

  async #refresh() {
    const [clauses, balances] = await Promise.all([api.clauses(), api.balances()]);
    this.clauses = clauses.clauses;
    this.accounts = balances.accounts;
  }

  async #draft(options) {
    const draft = crypto.randomUUID();
    this.request = { ...options, draft };
    this.text = '';
    this.certain = [];
    this.answer = null;
    this.followed = null;
    this.failure = null;
    this.running = true;
    this.spoken = 'Drafting.';
    const before = new Map(this.accounts.map(({ id, balance }) => [id, balance]));
    try {
      this.answer = await api.draft(
        this.request,
        (delta) => (this.text += delta),
        (spans) => (this.certain = [...this.certain, ...spans]),
      );
      this.accounts = (await api.balances()).accounts;
      this.before = before;
      this.followed = followed(byAccount(this.answer.credits), this.accounts);
      this.spoken = this.#summary();
    } catch (error) {
      this.failure = api.problemOf(error);
      this.spoken = '';
      if (!error.fields || error.fields.status === 503) {
        // the server may have gone: ask until it is back
        this.#poll();
      }
    } finally {
      this.running = false;
    }
  }

  async #stop() {
    try {
      await api.stop(this.request.draft);
    } catch (error) {
      this.failure = api.problemOf(error);
    }
  }

  #summary() {
    const { spans, text } = this.answer;
    const owners = new Set(spans.map(({ owner }) => owner));
    return `The draft is complete: ${text} It has ${count(spans.length, 'passage')} from ${count(
      owners.size,
      'clause',
    )}. The sources are in the table below it.`;
  }

  #again() {
    this.querySelector('desk-paper').scrollIntoView({ block: 'center', behavior: 'smooth' });
    if (this.request && !this.running) {
      const { beginning, tokens, temperature, seed } = this.request;
      this.#draft({ beginning, tokens, temperature, seed });
    }
  }

  #usePassage({ passage }) {
    const title = this.request.beginning.split('\n')[0].replace(/[\s:]+$/, '').slice(0, 120);
    this.querySelector('desk-contribute').prefill(`${title} (drafted)`, passage);
  }

  async #contributed({ id }) {
    this.fresh = id;
    try {
      this.clauses = (await api.clauses()).clauses;
    } catch (error) {
      this.failure = api.problemOf(error);
    }
  }

  #begin({ beginning }) {
    const composer = this.querySelector('desk-composer');
    composer.scrollIntoView({ block: 'center', behavior: 'smooth' });
    composer.begin(beginning);
  }

  render() {
    return html`
      ${this.#header()}
      <main
        id="main"
        @draft=${(e) => this.#draft(e.detail)}
        @stop=${() => this.#stop()}
        @again=${() => this.#again()}
        @use-passage=${(e) => this.#usePassage(e.detail)}
        @contributed=${(e) => this.#contributed(e.detail)}
        @begin=${(e) => this.#begin(e.detail)}
      >
        ${this.#notReady()}
        <div class="desk">
          <div class="column">
            <desk-composer
              ?ready=${this.ready}
              ?running=${this.running}
              .limits=${{
                maxTokens: this.status?.maxTokens ?? 400,
                maxBeginning: this.status?.maxBeginning ?? 4000,
              }}
            ></desk-composer>
            ${this.failure ? problem(this.failure) : nothing}
            <desk-paper
              .beginning=${this.request?.beginning ?? ''}
              .text=${this.text}
              .certain=${this.certain}
              .answer=${this.answer}
              .fresh=${this.fresh}
              ?running=${this.running}
            ></desk-paper>
            <desk-sources .answer=${this.answer} .fresh=${this.fresh}></desk-sources>
            <desk-contribute ?ready=${this.ready}></desk-contribute>
          </div>
          <div class="column">
            <desk-owes .answer=${this.answer} ?running=${this.running}></desk-owes>
            <desk-rewards .followed=${this.followed}></desk-rewards>
            <desk-balances .accounts=${this.accounts} .before=${this.before}></desk-balances>
            <desk-library .clauses=${this.clauses} .fresh=${this.fresh}></desk-library>
          </div>
        </div>
        <p class="sr" role="status" aria-live="polite">${this.spoken}</p>
      </main>
      <footer>
        Clause desk is a sample of OpenLedger for Jakarta EE. The model that it ships with is very small and
        writes badly; no draft of it is legal advice.
      </footer>
    `;
  }

  #header() {
    const model = this.status?.model;
    return html`<header>
      <a class="skip" href="#main">Skip to the desk</a>
      <svg class="logo" viewBox="0 0 40 40" aria-hidden="true">
        <rect width="40" height="40" rx="9" />
        <path d="M11 13h18M11 20h11M11 27h18" />
        <circle cx="28" cy="20" r="3.4" />
      </svg>
      <div class="name">
        <h1>Clause desk</h1>
        <p>Drafts that name their sources, and pay them</p>
      </div>
      ${model
        ? html`<div class="model ${model.asWanted ? '' : 'other'}">
            <span class="dot" aria-hidden="true"></span>
            <p>
              <strong>${model.id}</strong>${model.parent ? html` on ${model.parent}` : nothing}
              <small>${model.why}</small>
            </p>
          </div>`
        : nothing}
    </header>`;
  }

  #notReady() {
    if (this.unreachable) {
      return problem(this.unreachable);
    }
    if (this.ready) {
      return nothing;
    }
    const { done = 0, total = 0, problem: reason } = this.status ?? {};
    return html`<section class="card starting" role="status">
      <p>
        <strong>The desk is getting ready.</strong>
        ${total > 0 ? `${done} of ${total} clauses are in the datanet.` : 'Asking the server…'}
      </p>
      ${total > 0
        ? html`<progress max=${total} value=${done} aria-label="Clauses in the datanet"></progress>`
        : nothing}
      ${reason
        ? html`<p class="hint"><code>${reason.code}</code> ${reason.arrived}. ${reason.remedy}.</p>`
        : nothing}
    </section>`;
  }
}

customElements.define('desk-app', DeskApp);
