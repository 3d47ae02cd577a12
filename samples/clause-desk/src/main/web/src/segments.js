// Cuts an answer into stretches that are covered by the same spans, so that overlapping spans can
// be shown: each stretch has one leading span (whose colour it takes) and knows the others.

/**
 * @typedef {{start: number, end: number, tokens: number, owner: string}} Span
 * @typedef {{start: number, end: number, text: string, covers: number[], lead: number}} Segment
 */

/**
 * Cuts a text at every beginning and end of a span.
 *
 * The leading span of a stretch is the longest one (in tokens) that covers it, the earlier one if
 * equal: the rule by which the server credits tokens that several spans cover.
 *
 * @param {string} text the answer
 * @param {Span[]} spans offsets in UTF-16 code units; parts outside the text are cut off
 * @returns {Segment[]} in order, without gaps, together the whole text; `covers` are places in
 *     `spans`, `lead` is one of them or -1
 */
export function segments(text, spans) {
  const clipped = spans.map((span) => ({
    start: Math.max(0, Math.min(text.length, span.start)),
    end: Math.max(0, Math.min(text.length, span.end)),
  }));
  const cuts = new Set([0, text.length]);
  for (const { start, end } of clipped) {
    if (end > start) {
      cuts.add(start).add(end);
    }
  }
  const places = [...cuts].sort((a, b) => a - b);
  const result = [];
  for (let i = 0; i + 1 < places.length; i++) {
    const [start, end] = [places[i], places[i + 1]];
    const covers = [];
    clipped.forEach((span, index) => {
      if (span.start < end && start < span.end) {
        covers.push(index);
      }
    });
    result.push({ start, end, text: text.slice(start, end), covers, lead: lead(covers, spans) });
  }
  return result;
}

function lead(covers, spans) {
  let best = -1;
  for (const index of covers) {
    const [one, other] = [spans[index], spans[best]];
    if (
      best < 0 ||
      one.tokens > other.tokens ||
      (one.tokens === other.tokens && one.start < other.start)
    ) {
      best = index;
    }
  }
  return best;
}

/**
 * Numbers the owners of credit in the order in which they appear in the text, from 1. Colours,
 * patterns, the legend and the table all use these numbers.
 *
 * @param {Segment[]} cut
 * @param {Span[]} spans
 * @returns {Map<string, number>} by contribution id
 */
export function numbers(cut, spans) {
  const result = new Map();
  for (const segment of cut) {
    for (const index of [segment.lead, ...segment.covers]) {
      if (index >= 0 && !result.has(spans[index].owner)) {
        result.set(spans[index].owner, result.size + 1);
      }
    }
  }
  return result;
}

/**
 * The longest passage that stands in no contribution, on whole words.
 *
 * @param {Segment[]} cut
 * @param {number} leastWords shorter passages are not worth a clause of their own
 * @returns {string} empty when there is none
 */
export function unmatchedPassage(cut, leastWords) {
  let best = '';
  cut.forEach((segment, i) => {
    if (segment.lead >= 0) {
      return;
    }
    let words = segment.text;
    // a span may end or begin inside a word: what is left of that word is nobody's passage
    if (i > 0 && /\w$/.test(cut[i - 1].text) && /^\w/.test(words)) {
      words = words.replace(/^\w+/, '');
    }
    if (i + 1 < cut.length && /^\w/.test(cut[i + 1].text) && /\w$/.test(words)) {
      words = words.replace(/\w+$/, '');
    }
    words = words.replace(/^[\s,.;:]+/, '').trimEnd();
    if (words.length > best.length) {
      best = words;
    }
  });
  return best.split(/\s+/).filter((word) => word !== '').length >= leastWords ? best : '';
}
