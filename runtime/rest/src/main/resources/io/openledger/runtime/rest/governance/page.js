// Shows what /api/governance says. Every text goes into the page as text: the chain's are hostile.

const ROLES = [
  ['CONTRIBUTORS', 'contributors'], ['ADAPTER_BUILDER', 'adapter builder'],
  ['BASE_MODEL_PUBLISHER', 'base model publisher'], ['NODE_OPERATOR', 'node operator'],
  ['TREASURY', 'treasury'], ['STAKERS', 'stakers'],
];
const STATES = {
  PENDING: 'vote to begin', ACTIVE: 'open to votes', CANCELED: 'taken back', DEFEATED: 'defeated',
  SUCCEEDED: 'decided, to be queued', QUEUED: 'decided, waiting', EXPIRED: 'expired', EXECUTED: 'executed',
};
const DANGERS = {
  ROUTINE: 'plain change of policy', NOTABLE: 'look closely', DANGEROUS: 'DANGEROUS', UNKNOWN: 'CANNOT BE READ',
};
const FINALITIES = { unsafe: 'which may still be undone', safe: 'which L1 has', finalized: 'which is final' };
const PAGE = 10;
const api = new URL('api/governance', new URL('.', location.href));
let shown = 0;

/** An element; strings among the children become text, never markup. */
function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

function list(texts, className) {
  return make('ul', { class: className }, ...texts.map((text) => make('li', {}, text)));
}

/** Decimal wei as whole coins, exactly. */
function coins(wei) {
  const digits = wei.padStart(19, '0');
  const fraction = digits.slice(-18).replace(/0+$/, '');
  return BigInt(digits.slice(0, -18)).toLocaleString('en') + (fraction ? '.' + fraction : '');
}

function percent(points) {
  return `${points / 100} %`;
}

function duration(seconds) {
  const units = [[86400, 'day'], [3600, 'hour'], [60, 'minute'], [1, 'second']];
  const parts = [];
  let left = Number(seconds);
  for (const [size, name] of units) {
    const count = Math.floor(left / size);
    left %= size;
    if (count > 0) parts.push(`${count} ${name}${count === 1 ? '' : 's'}`);
  }
  return parts.join(' ') || '0 seconds';
}

function time(text) {
  return make('time', { datetime: text }, text.replace('T', ' ').replace('Z', ' UTC'));
}

/** A bar of parts, which the table beside it tells in numbers. */
function bar(label, parts) {
  const whole = parts.reduce((sum, [, part]) => sum + part, 0);
  const row = make('div', { class: 'bar', role: 'img', 'aria-label': label });
  for (const [className, part] of parts) {
    if (part > 0 && whole > 0) {
      const piece = make('span', { class: className });
      piece.style.width = `${(100 * part) / whole}%`;
      row.append(piece);
    }
  }
  return row;
}

function splitLabel(split) {
  return ROLES.map(([role, name]) => `${name} ${percent(split[role] ?? 0)}`).join(', ');
}

function splitBar(split) {
  return bar(splitLabel(split), ROLES.map(([role], i) => [`r${i}`, split[role] ?? 0]));
}

function splitTable(caption, columns) {
  const head = make('tr', {}, make('th', { scope: 'col' }, 'part'),
    ...columns.map(([name]) => make('th', { scope: 'col' }, name)));
  const rows = ROLES.map(([role, name], i) => {
    const values = columns.map(([, split]) => split[role] ?? 0);
    const changed = values.some((value) => value !== values[0]);
    return make('tr', {},
      make('th', { scope: 'row' }, make('span', { class: `swatch r${i}`, 'aria-hidden': 'true' }), name),
      ...values.map((value, k) => make('td', changed && k > 0 ? { class: 'changed' } : {}, percent(value))));
  });
  return make('table', { class: 'split' }, make('caption', { class: 'soft' }, caption),
    make('thead', {}, head), make('tbody', {}, ...rows));
}

function differences(rows) {
  return make('table', {}, make('thead', {}, make('tr', {},
    ...['', 'before', 'after'].map((name) => make('th', { scope: 'col' }, name)))),
  make('tbody', {}, ...rows.map((row) => make('tr', {}, make('th', { scope: 'row' }, row.what),
    make('td', {}, row.before || '—'),
    make('td', row.before === row.after ? {} : { class: 'changed' }, row.after)))));
}

function call(each, number, level) {
  const box = make('div', { class: `call ${each.danger}` },
    make(level > 5 ? 'p' : `h${level}`, {}, `${number} `,
      make('span', { class: `tag ${each.danger}` }, DANGERS[each.danger] ?? each.danger)),
    list(each.sentences, 'sentences'));
  if (each.splitBefore && each.splitAfter) {
    box.append(make('p', { class: 'barname' }, 'before'), splitBar(each.splitBefore),
      make('p', { class: 'barname' }, 'after'), splitBar(each.splitAfter),
      splitTable('The fee split', [['before', each.splitBefore], ['after', each.splitAfter]]));
  } else if (each.differences.length > 0) {
    box.append(differences(each.differences));
  }
  each.calls.forEach((inner, i) => box.append(call(inner, `${number}.${i + 1}`, level + 1)));
  const cut = each.dataBytes * 2 + 2 > each.data.length;
  box.append(make('details', {}, make('summary', {}, `The call itself (${number})`),
    make('p', { class: 'mono' }, `to ${each.target}`, each.contract ? ` (${each.contract})` : ' (unknown)'),
    make('p', { class: 'mono' }, `value ${coins(each.value)} OPEN`),
    make('p', { class: 'mono' }, each.function ?? 'function unknown'),
    make('p', { class: 'mono' }, each.data + (cut ? `… (${each.dataBytes} bytes)` : ''))));
  return box;
}

function tally(t) {
  const number = (wei) => Number(BigInt(wei) / 10n ** 12n);
  const label = `for ${coins(t.for)}, against ${coins(t.against)}, abstained ${coins(t.abstain)}; quorum ${coins(t.quorum)}`;
  const cast = BigInt(t.for) + BigInt(t.against) + BigInt(t.abstain) > 0n;
  return cast
    ? bar(label, [['for', number(t.for)], ['against', number(t.against)], ['abstain', number(t.abstain)]])
    : null;
}

function proposal(p) {
  const bad = p.danger === 'DANGEROUS' || p.danger === 'UNKNOWN';
  const title = `Proposal ${p.id.slice(0, 8)}…${p.id.slice(-4)}`;
  const card = make('article', { class: bad ? 'card danger' : 'card', 'aria-label': title },
    make('div', { class: 'head' }, make('h3', {}, title),
      make('span', { class: 'state' }, STATES[p.state] ?? p.state)));
  if (p.warnings.length > 0) {
    card.append(make('div', { class: 'warnings', role: 'note' },
      make('strong', {}, bad ? 'Caution' : 'Please note'), list(p.warnings, '')));
  }
  card.append(make('h4', {}, 'What it would do'));
  p.calls.forEach((each, i) => card.append(call(each, `Call ${i + 1} of ${p.calls.length}`, 5)));
  card.append(make('h4', {}, 'How it stands'), list(p.summary, ''));
  const votes = tally(p.tally);
  if (votes) card.append(votes);
  if (BigInt(p.own.power) > 0n) {
    card.append(make('p', { class: 'soft' }, `This server's key has ${coins(p.own.power)} votes in it and `
      + (p.own.voted ? 'has voted.' : 'has not voted.')));
  }
  card.append(make('h4', {}, 'What the proposer wrote'));
  if (p.text) {
    card.append(make('blockquote', { dir: 'auto', tabindex: '0' }, p.text.shown + (p.text.cut ? '…' : '')));
    if (p.text.cut) card.append(make('p', { class: 'soft' }, `Cut: the whole has ${p.text.bytes} bytes.`));
  } else {
    card.append(make('p', { class: 'soft' }, 'It could not be found.'));
  }
  card.append(make('details', {}, make('summary', {}, 'Numbers and addresses'),
    make('p', { class: 'mono' }, `id ${p.id}`), make('p', { class: 'mono' }, `proposer ${p.proposer}`),
    make('p', { class: 'mono' }, `read in block ${p.asOf.block}, ${p.asOf.finality}`)));
  return card;
}

function status(s) {
  document.getElementById('moment').replaceChildren(
    `As of block ${s.asOf.block}, `, time(s.asOf.time), `, ${FINALITIES[s.asOf.finality] ?? s.asOf.finality}. `, s.power.sentence,
    ` It has ${coins(s.power.votes)} of ${coins(s.rules.supply)} votes; a quorum is ${coins(s.rules.quorum)}.`);
  const rows = s.parameters.map((p) => {
    const timed = p.key === 'epochLength' || p.key === 'activationDelay';
    const value = (number) => (timed ? duration(number) : number);
    return make('tr', {}, make('th', { scope: 'row' }, p.key), make('td', {}, value(p.value)),
      make('td', {}, `${value(p.minimum)} to ${value(p.maximum)}`),
      p.pending ? make('td', {}, `${value(p.pending.value)} from `, time(p.pending.from)) : make('td', {}, '—'));
  });
  const columns = [['now', s.feeSplit]];
  if (s.pendingFeeSplit) columns.push([`from ${s.feeSplitChange}`, s.pendingFeeSplit]);
  document.getElementById('now').replaceChildren(
    make('div', { class: 'card' },
      make('h3', {}, 'The fee split'), splitBar(s.feeSplit), splitTable('How a fee is split', columns),
      make('h3', {}, 'Parameters'),
      make('table', {}, make('thead', {}, make('tr', {}, ...['', 'now', 'bounds', 'to come']
        .map((name) => make('th', { scope: 'col' }, name)))), make('tbody', {}, ...rows)),
      make('h3', {}, 'Attribution policy'),
      make('p', {}, `Version ${s.policyVersion}, SHA-256 `, make('span', { class: 'mono' }, s.policyHash))));
}

async function ask(path) {
  const response = await fetch(api + path, { headers: { Accept: 'application/json' } });
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail ?? `status ${response.status}`);
  return body;
}

function failed(error) {
  const box = document.getElementById('failure');
  box.textContent = `The chain cannot be shown: ${error.message}`;
  box.hidden = false;
  document.getElementById('moment').textContent = '';
}

async function more() {
  const page = await ask(`/proposals?offset=${shown}&limit=${PAGE}`);
  const box = document.getElementById('proposals');
  if (page.total === 0) box.replaceChildren(make('p', { class: 'soft' }, 'There has been none.'));
  box.append(...page.items.map(proposal));
  shown += page.items.length;
  document.getElementById('more').hidden = shown >= page.total || page.items.length === 0;
}

document.getElementById('more').addEventListener('click', () => more().catch(failed));
try {
  status(await ask(''));
  await more();
} catch (error) {
  failed(error);
}
