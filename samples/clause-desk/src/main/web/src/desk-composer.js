import { html } from 'lit';
import { Light } from './light.js';

const EXAMPLES = [
  'Limitation period:',
  'Duty of care:',
  'Force majeure:',
  'Conduct of claims:',
  'Use of AI assistants:',
  'Attribution of contributed content:',
];

/** The beginning of a clause and how it is to be continued. Says `draft` and `stop`. */
class DeskComposer extends Light {
  static properties = {
    ready: { type: Boolean },
    running: { type: Boolean },
    limits: { attribute: false },
    beginning: { state: true },
    tokens: { state: true },
    temperature: { state: true },
    seed: { state: true },
  };

  constructor() {
    super();
    this.beginning = EXAMPLES[0];
    this.tokens = 100;
    this.temperature = 0.7;
    this.seed = 1;
    this.limits = { maxTokens: 400, maxBeginning: 4000 };
  }

  /** Puts a beginning into the box and the cursor behind it. */
  begin(text) {
    this.beginning = text;
    this.updateComplete.then(() => {
      const box = this.querySelector('#beginning');
      box.focus();
      box.setSelectionRange(text.length, text.length);
    });
  }

  /** Asks for a draft of what the form says. */
  submit() {
    if (!this.ready || this.running || this.beginning.trim() === '') {
      return;
    }
    this.emit('draft', {
      beginning: this.beginning,
      tokens: this.tokens,
      temperature: this.temperature,
      seed: this.seed,
    });
  }

  render() {
    return html`
      <form
        class="card composer"
        @submit=${(e) => {
          e.preventDefault();
          this.submit();
        }}
      >
        <label class="card-title" for="beginning">Begin a clause</label>
        <p id="beginning-hint" class="hint">
          A title with its colon asks for that clause. The model reads exactly what stands here.
        </p>
        <textarea
          id="beginning"
          rows="2"
          maxlength=${this.limits.maxBeginning}
          aria-describedby="beginning-hint"
          spellcheck="true"
          .value=${this.beginning}
          @input=${(e) => (this.beginning = e.target.value)}
          @keydown=${(e) => {
            if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) {
              this.submit();
            }
          }}
        ></textarea>
        <div class="chips" role="group" aria-label="Examples of beginnings">
          ${EXAMPLES.map(
            (example) => html`
              <button type="button" class="chip" @click=${() => this.begin(example)}>
                ${example}
              </button>
            `,
          )}
        </div>
        <div class="options">${this.#options()}</div>
        <div class="actions">
          ${this.running
            ? html`<button type="button" class="primary stop" @click=${() => this.emit('stop')}>
                Stop
              </button>`
            : html`<button
                id="draft"
                type="submit"
                class="primary"
                ?disabled=${!this.ready || this.beginning.trim() === ''}
              >
                Draft
              </button>`}
          <span class="hint">
            ${this.ready ? html`<kbd>Ctrl</kbd> <kbd>Enter</kbd>` : 'The desk is not ready yet.'}
          </span>
        </div>
      </form>
    `;
  }

  #options() {
    return html`
      <label class="option" for="tokens">
        <span>Length <output>${this.tokens} tokens</output></span>
        <input
          id="tokens"
          type="range"
          min="20"
          max=${this.limits.maxTokens}
          step="10"
          .value=${String(this.tokens)}
          @input=${(e) => (this.tokens = Number(e.target.value))}
        />
      </label>
      <label class="option" for="temperature">
        <span>
          Temperature
          <output>
            ${this.temperature.toFixed(1)}${this.temperature === 0 ? ' (likeliest words)' : ''}
          </output>
        </span>
        <input
          id="temperature"
          type="range"
          min="0"
          max="1.5"
          step="0.1"
          .value=${String(this.temperature)}
          @input=${(e) => (this.temperature = Number(e.target.value))}
        />
      </label>
      <label class="option seed" for="seed">
        <span>Seed</span>
        <input
          id="seed"
          type="number"
          min="0"
          max="2147483647"
          step="1"
          ?disabled=${this.temperature === 0}
          title="The same seed and the same beginning give the same text"
          .value=${String(this.seed)}
          @change=${(e) => {
            const typed = Math.trunc(Number(e.target.value));
            this.seed = Math.min(Math.max(Number.isFinite(typed) ? typed : 0, 0), 2147483647);
            e.target.value = String(this.seed);
          }}
        />
      </label>
    `;
  }
}

customElements.define('desk-composer', DeskComposer);
