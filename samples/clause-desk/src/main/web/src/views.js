// Small pieces of the page that several elements show.

import { html, nothing } from 'lit';
import { percent } from './amounts.js';

/** How many colours there are; beyond them they repeat, and the numbers tell apart. */
export const COLOURS = 8;

/** The class of a source's colour and pattern. */
export const tone = (number) => `tone-${((number - 1) % COLOURS) + 1}`;

/** A source's number in its colour. */
export const badge = (number) =>
  html`<span class="badge ${tone(number)}" aria-hidden="true">${number}</span>`;

/** Who made a clause, with the parts. */
export const contributors = (list) =>
  list.map(({ name, share }) => `${name} ${percent(BigInt(share), 10000n)}`).join(', ');

/** A failure: what, why, what is allowed, what to do. */
export const problem = (fields) => html`
  <div class="problem" role="alert">
    <p class="problem-title">
      <strong>${fields.title}</strong>
      ${fields.code ? html`<code>${fields.code}</code>` : nothing}
    </p>
    <dl>
      <dt>What arrived</dt>
      <dd>${fields.arrived}</dd>
      <dt>What is allowed</dt>
      <dd>${fields.allowed}</dd>
      <dt>What to do</dt>
      <dd>${fields.remedy}</dd>
    </dl>
  </div>
`;

const ROLES = {
  CONTRIBUTORS: 'contributed clauses',
  ADAPTER_BUILDER: 'built the adapter',
  BASE_MODEL_PUBLISHER: 'published the base model',
  NODE_OPERATOR: 'runs the server',
  TREASURY: 'treasury',
  STAKERS: 'stakers',
};

/** For what somebody is paid, in words. */
export const role = (name) => ROLES[name] ?? name.toLowerCase().replaceAll('_', ' ');

/** The name in an account `kind:name`. */
export const accountName = (id) => id.slice(id.indexOf(':') + 1);

/** Plural of regular words. */
export const count = (n, word) => `${n} ${word}${Number(n) === 1 ? '' : 's'}`;
