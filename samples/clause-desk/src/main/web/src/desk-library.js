import { html, nothing } from 'lit';
import { Light } from './light.js';
import { contributors, count } from './views.js';

/** The clauses of the datanet, to be searched and drafted from. Says `begin`. */
class DeskLibrary extends Light {
  static properties = {
    clauses: { attribute: false },
    fresh: { attribute: false },
    search: { state: true },
  };

  constructor() {
    super();
    this.clauses = [];
    this.search = '';
  }

  render() {
    const words = this.search.trim().toLowerCase();
    const found = this.clauses.filter(
      ({ title, text, licence, contributors: people }) =>
        words === '' ||
        [title, text ?? '', licence, ...people.map(({ name }) => name)].some((one) =>
          one.toLowerCase().includes(words),
        ),
    );
    const titles = new Map(this.clauses.map(({ id, title }) => [id, title]));
    return html`<section class="card library" aria-labelledby="library-title">
      <div class="card-head">
        <h2 id="library-title">Clauses</h2>
        <p class="figures" aria-live="polite">
          ${words === '' ? count(this.clauses.length, 'clause') : `${found.length} of ${this.clauses.length}`}
        </p>
      </div>
      <label class="sr" for="search">Search title, text, contributor or licence</label>
      <input
        id="search"
        type="search"
        placeholder="Search title, text, contributor, licence"
        .value=${this.search}
        @input=${(e) => (this.search = e.target.value)}
      />
      <ul class="clauses" tabindex="0" aria-labelledby="library-title">
        ${found.map(
          (one) => html`<li class=${one.id === this.fresh ? 'fresh' : ''}>
            <details>
              <summary>
                <span class="clause-title">${one.title}</span>
                <small>${contributors(one.contributors)} · ${one.licence}</small>
                ${one.nearDuplicateOf
                  ? html`<small class="dup"
                      >repeats “${titles.get(one.nearDuplicateOf) ?? one.nearDuplicateOf}”, earns
                      nothing</small
                    >`
                  : nothing}
              </summary>
              <p class="clause-text">${one.text}</p>
              <p class="clause-foot">
                <code>${one.id}</code>
                <button
                  type="button"
                  class="link"
                  @click=${() => this.emit('begin', { beginning: `${one.title}:` })}
                >
                  Draft from its title
                </button>
              </p>
            </details>
          </li>`,
        )}
      </ul>
      ${found.length === 0
        ? html`<p class="empty-line">
            ${this.clauses.length === 0 ? 'The clauses are being contributed.' : 'No clause has these words.'}
          </p>`
        : nothing}
    </section>`;
  }
}

customElements.define('desk-library', DeskLibrary);
