import { html, nothing } from 'lit';
import { basisPoints } from './amounts.js';
import * as api from './api.js';
import { Light } from './light.js';
import { problem } from './views.js';

const LICENCES = ['CC-BY-4.0', 'CC-BY-SA-4.0', 'CC0-1.0', 'LicenseRef-Internal'];
const empty = () => ({ name: '', share: '100', address: '' });

/** The form that contributes a clause. Says `contributed`, and `use` with what to do next. */
class DeskContribute extends Light {
  static properties = {
    ready: { type: Boolean },
    heading: { state: true },
    text: { state: true },
    licence: { state: true },
    people: { state: true },
    sending: { state: true },
    failure: { state: true },
    accepted: { state: true },
  };

  constructor() {
    super();
    this.#clear();
    this.sending = false;
    this.failure = null;
    this.accepted = null;
    this.fromDraft = false;
  }

  #clear() {
    this.heading = '';
    this.text = '';
    this.licence = LICENCES[0];
    this.people = [empty()];
    // a key of its own for each filled form: sending it twice contributes once
    this.key = crypto.randomUUID();
  }

  /** Fills the form with a passage of a draft. */
  prefill(title, text) {
    this.#clear();
    this.heading = title;
    this.text = text;
    this.fromDraft = true;
    this.failure = null;
    this.accepted = null;
    this.updateComplete.then(() => {
      this.scrollIntoView({ block: 'start', behavior: 'smooth' });
      this.querySelector('#person-0').focus({ preventScroll: true });
    });
  }

  async #send(e) {
    e.preventDefault();
    this.sending = true;
    this.failure = null;
    this.accepted = null;
    try {
      const accepted = await api.contribute({
        key: this.key,
        title: this.heading,
        text: this.text,
        licence: this.licence,
        contributors: this.people.map(({ name, share, address }) => ({
          name: name.trim(),
          share: Number.isNaN(basisPoints(share)) ? 0 : basisPoints(share),
          ...(address.trim() === '' ? {} : { address: address.trim() }),
        })),
      });
      this.accepted = { ...accepted, fromDraft: this.fromDraft };
      this.#clear();
      this.fromDraft = false;
      this.emit('contributed', accepted);
    } catch (error) {
      this.failure = api.problemOf(error);
    } finally {
      this.sending = false;
    }
  }

  #change(index, field, value) {
    this.people = this.people.map((one, i) => (i === index ? { ...one, [field]: value } : one));
  }

  render() {
    const sum = this.people.reduce((total, { share }) => total + (basisPoints(share) || 0), 0);
    return html`<section class="card contribute" aria-labelledby="contribute-title">
      <div class="card-head"><h2 id="contribute-title">Contribute a clause</h2></div>
      ${this.accepted ? this.#accepted() : nothing}
      <form @submit=${(e) => this.#send(e)} novalidate>
        <label for="title">Title</label>
        <input
          id="title"
          autocomplete="off"
          .value=${this.heading}
          @input=${(e) => (this.heading = e.target.value)}
        />
        <label for="clause-text">Text</label>
        <textarea
          id="clause-text"
          rows="5"
          .value=${this.text}
          @input=${(e) => (this.text = e.target.value)}
        ></textarea>
        ${this.fromDraft
          ? html`<p class="hint">
              Taken from the draft. Read it, correct it, and contribute it under your name: what you
              leave as it is will be recognised when the model writes it again.
            </p>`
          : nothing}
        <fieldset>
          <legend>Contributors and shares</legend>
          ${this.people.map((one, i) => this.#person(one, i))}
          <div class="people-foot">
            <button
              type="button"
              class="link"
              @click=${() => (this.people = [...this.people, { ...empty(), share: '' }])}
            >
              Add a contributor
            </button>
            <span class="sum ${sum === 10000 ? '' : 'wrong'}">Together ${sum / 100} %</span>
          </div>
        </fieldset>
        <label for="licence">Licence <span class="hint">SPDX id</span></label>
        <input
          id="licence"
          list="licences"
          autocomplete="off"
          .value=${this.licence}
          @input=${(e) => (this.licence = e.target.value)}
        />
        <datalist id="licences">
          ${LICENCES.map((one) => html`<option value=${one}></option>`)}
        </datalist>
        ${this.failure ? problem(this.failure) : nothing}
        <div class="actions">
          <button id="contribute" class="primary" type="submit" ?disabled=${this.sending || !this.ready}>
            ${this.sending ? 'Contributing…' : 'Contribute'}
          </button>
        </div>
      </form>
    </section>`;
  }

  #person(one, i) {
    const field = (name, label, value, attributes = {}) => html`<label class="field ${name}">
      <span>${label}</span>
      <input
        id="${name === 'name' ? 'person' : name}-${i}"
        autocomplete="off"
        spellcheck="false"
        inputmode=${attributes.inputmode ?? 'text'}
        placeholder=${attributes.placeholder ?? ''}
        .value=${value}
        @input=${(e) => this.#change(i, name, e.target.value)}
      />
    </label>`;
    return html`<div class="person" role="group" aria-label="Contributor ${i + 1}">
      ${field('name', 'Name', one.name, { placeholder: 'legal-ops' })}
      ${field('share', 'Share, %', one.share, { inputmode: 'decimal' })}
      ${field('address', 'Address (optional)', one.address, { placeholder: '0x…' })}
      <button
        type="button"
        class="remove"
        aria-label="Remove contributor ${i + 1}"
        ?disabled=${this.people.length === 1}
        @click=${() => (this.people = this.people.filter((_, j) => j !== i))}
      >
        ×
      </button>
    </div>`;
  }

  #accepted() {
    const { id, title, nearDuplicateOf, fromDraft } = this.accepted;
    return html`<div class="note good" role="status" id="accepted">
      <p><strong>“${title}” is accepted</strong> as <code>${id}</code>. It counts from now on.</p>
      ${nearDuplicateOf
        ? html`<p>It repeats <code>${nearDuplicateOf}</code> nearly whole, so credit stays with
          that clause: copying pays nothing.</p>`
        : fromDraft
          ? html`<button
              type="button"
              id="see-used"
              class="primary"
              @click=${() => this.emit('again')}
            >
              Draft again and see it used
            </button>`
          : html`<p>
                The model was not trained on it yet. Whenever a draft writes a passage of it, that
                passage is coloured and paid to its contributors.
              </p>
              <button
                type="button"
                class="secondary"
                @click=${() => this.emit('begin', { beginning: `${title}:` })}
              >
                Begin a draft with its title
              </button>`}
    </div>`;
  }
}

customElements.define('desk-contribute', DeskContribute);
