import { html, nothing } from 'lit';
import { open, percent } from './amounts.js';
import { Light } from './light.js';
import { numbers, segments, unmatchedPassage } from './segments.js';
import { badge, contributors, count, tone } from './views.js';

/** Passages of fewer words are hardly worth a clause, and too short to be recognised again. */
const LEAST_WORDS = 7;

/**
 * The draft: text as it arrives, then with its spans. A span's card opens on hover, focus or click,
 * stays while the pointer is on it, and closes with Escape.
 */
class DeskPaper extends Light {
  static properties = {
    beginning: { type: String },
    text: { type: String },
    certain: { attribute: false },
    answer: { attribute: false },
    running: { type: Boolean },
    fresh: { attribute: false },
    card: { state: true },
  };

  #closing = 0;
  #escape = (e) => {
    if (e.key === 'Escape') {
      this.card = null;
    }
  };
  #away = () => (this.card = null);

  constructor() {
    super();
    this.beginning = '';
    this.text = '';
    this.certain = [];
    this.answer = null;
    this.card = null;
    this.fresh = null;
  }

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener('keydown', this.#escape);
    window.addEventListener('scroll', this.#away, { passive: true });
    window.addEventListener('resize', this.#away, { passive: true });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener('keydown', this.#escape);
    window.removeEventListener('scroll', this.#away);
    window.removeEventListener('resize', this.#away);
  }

  willUpdate(changed) {
    if (changed.has('answer')) {
      this.card = null;
      this.cut = this.answer ? segments(this.answer.text, this.answer.spans) : [];
      this.order = this.answer ? numbers(this.cut, this.answer.spans) : new Map();
    }
  }

  updated() {
    const card = this.querySelector('.span-card');
    if (!card || !this.card) {
      return;
    }
    // through the style object: the page's policy bars style attributes
    const width = Math.min(360, window.innerWidth - 24);
    // beside the paper stand the amounts: they stay in sight while there is room on the paper
    const right = Math.min(this.getBoundingClientRect().right, window.innerWidth - 12);
    const left = Math.max(12, Math.min(this.card.x - 24, right - width));
    card.style.width = `${width}px`;
    card.style.left = `${left}px`;
    const below = this.card.bottom + 8;
    const fits = below + card.offsetHeight < window.innerHeight - 8;
    card.style.top = `${fits ? below : Math.max(8, this.card.top - card.offsetHeight - 8)}px`;
  }

  render() {
    return html`
      <section class="card paper" aria-labelledby="paper-title" aria-busy=${this.running}>
        <div class="card-head">
          <h2 id="paper-title">Draft</h2>
          ${this.answer ? this.#figures() : nothing}
        </div>
        ${this.beginning === '' ? this.#empty() : this.#text()} ${this.answer ? this.#after() : nothing}
      </section>
      ${this.card ? this.#card() : nothing}
    `;
  }

  #empty() {
    return html`<div class="empty">
      <svg viewBox="0 0 64 64" aria-hidden="true" class="empty-mark">
        <path d="M16 8h24l10 10v38H16z" />
        <path d="M40 8v10h10M23 28h20M23 36h20M23 44h12" />
      </svg>
      <p>Nothing is drafted yet. Pick a beginning, press <strong>Draft</strong>, and watch which
      clauses the words come from.</p>
    </div>`;
  }

  #figures() {
    const { completionTokens, coveredTokens, tokens, millis } = this.answer;
    return html`<p class="figures">
      ${count(completionTokens, 'token')} in ${(millis / 1000).toFixed(2)} s ·
      ${percent(BigInt(coveredTokens), BigInt(tokens))} of it stands in clauses
    </p>`;
  }

  #text() {
    // no white space between the parts: the text is shown as the model wrote it
    return html`<div class="text" lang="en"><span class="typed" title="Typed by you: not attributed">${this.beginning}</span>${this.answer
        ? this.cut.map((segment, i) => this.#segment(segment, i))
        : html`<span class="arriving">${this.#arriving()}</span>`}${this.running
        ? html`<span class="caret" aria-hidden="true"></span>`
        : nothing}</div>`;
  }

  // what is certain already is coloured as it will stay; it opens once the draft is complete
  #arriving() {
    const cut = segments(this.text, this.certain);
    const order = numbers(cut, this.certain);
    return cut.map(({ text, lead }) =>
      lead < 0
        ? text
        : html`<span class="span ${tone(order.get(this.certain[lead].owner))}">${text}</span>`,
    );
  }

  #segment(segment, i) {
    if (segment.lead < 0) {
      return html`<span class="unmatched">${segment.text}</span>`;
    }
    const span = this.answer.spans[segment.lead];
    const number = this.order.get(span.owner);
    const next = this.cut[i + 1];
    const last = !next || next.lead !== segment.lead;
    const classes = `span ${tone(number)}${segment.covers.length > 1 ? ' overlap' : ''}${
      span.owner === this.fresh ? ' fresh' : ''
    }`;
    const show = (e) => this.#show(e.currentTarget, segment);
    return html`<span
        class=${classes}
        role="button"
        tabindex="0"
        data-owner=${span.owner}
        aria-expanded=${this.card?.segment === segment}
        aria-controls="span-card"
        @mouseenter=${show}
        @focus=${show}
        @click=${show}
        @keydown=${(e) => {
          if (e.key === 'Enter' || e.key === ' ') {
            e.preventDefault();
            show(e);
          }
        }}
        @mouseleave=${() => this.#close()}
        @blur=${() => this.#close()}
        >${segment.text}${last
          ? html`<sup class="mark" aria-hidden="true">${number}</sup><span class="sr"
                >, from source ${number}</span
              >`
          : nothing}</span
      >`;
  }

  #show(target, segment) {
    clearTimeout(this.#closing);
    const box = target.getClientRects()[0];
    this.card = { segment, x: box.left, top: box.top, bottom: box.bottom };
  }

  // a moment later, so that the pointer can travel to the card
  #close() {
    clearTimeout(this.#closing);
    this.#closing = setTimeout(() => (this.card = null), 180);
  }

  #card() {
    const { segment } = this.card;
    const covers = [segment.lead, ...segment.covers.filter((i) => i !== segment.lead)];
    return html`<div
      id="span-card"
      class="span-card"
      role="status"
      @mouseenter=${() => clearTimeout(this.#closing)}
      @mouseleave=${() => this.#close()}
    >
      ${covers.map((i, nth) => this.#source(this.answer.spans[i], nth > 0))}
    </div>`;
  }

  #source(span, overlapping) {
    const { contributions } = this.answer;
    const owner = contributions[span.owner];
    const first = contributions[span.contributions[0]];
    const paid = BigInt(owner?.credit ?? '0');
    const all = this.answer.credits
      .filter(({ role }) => role === 'CONTRIBUTORS')
      .reduce((sum, { amount }) => sum + BigInt(amount), 0n);
    return html`<div class="source ${overlapping ? 'also' : ''}">
      ${overlapping ? html`<p class="also-title">Overlaps here with</p>` : nothing}
      <p class="source-title">${badge(this.order.get(span.owner))} ${owner?.title ?? span.owner}</p>
      <dl>
        <dt>Contributors</dt>
        <dd>${owner ? contributors(owner.contributors) : 'not readable'}</dd>
        <dt>Licence</dt>
        <dd>${owner?.licence ?? '–'}</dd>
        <dt>Share of credit</dt>
        <dd>${percent(paid, all)} · ${open(paid)} OPEN</dd>
        <dt>This passage</dt>
        <dd>${count(span.tokens, 'token')}, ${(span.millibits / 1000).toFixed(0)} bits</dd>
        <dt>Found in</dt>
        <dd>
          ${count(span.contributionCount, 'clause')}${span.contributionCount > 1
            ? ': the earliest owns the credit'
            : ''}
        </dd>
      </dl>
      ${first && first.id !== span.owner
        ? html`<p class="hint">Also in “${first.title}”, which repeats it nearly whole.</p>`
        : nothing}
    </div>`;
  }

  #after() {
    const passage = unmatchedPassage(this.cut, LEAST_WORDS);
    const { status, reason } = this.answer.receipt;
    return html`
      ${status === 'ATTRIBUTED'
        ? nothing
        : html`<p class="note warn">This answer is not attributed: ${reason}</p>`}
      ${this.answer.finishReason === 'CANCELLED'
        ? html`<p class="note">Stopped. What was written is attributed and charged.</p>`
        : nothing}
      <div class="actions">
        <button type="button" id="again" class="secondary" @click=${() => this.emit('again')}>
          Draft again
        </button>
        ${passage === ''
          ? html`<span class="hint">Every longer passage stands in a clause already. A higher
              temperature or another seed writes freer.</span>`
          : html`<button
                type="button"
                id="use-passage"
                class="secondary"
                @click=${() => this.emit('use-passage', { passage })}
              >
                Use the unmarked passage as a clause…
              </button>
              <span class="hint">${count(passage.split(/\s+/).length, 'word')} stand in no clause.</span>`}
      </div>
    `;
  }
}

customElements.define('desk-paper', DeskPaper);
