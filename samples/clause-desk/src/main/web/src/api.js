// The application's own REST resources. Every failure becomes a Problem: code, what arrived, what
// is allowed, what to do.

import { jsonLines } from './lines.js';

export class Problem extends Error {
  /** @param {{title?: string, code?: string, arrived?: string, allowed?: string, remedy?: string, status?: number}} fields */
  constructor(fields) {
    super(fields.title ?? 'The request failed');
    this.fields = fields;
  }
}

/** What failed, in the form in which it is shown. */
export function problemOf(error) {
  return error instanceof Problem
    ? error.fields
    : {
        title: 'The server cannot be reached',
        arrived: error instanceof Error ? error.message : String(error),
        allowed: 'an answer of the server',
        remedy: 'see whether the server runs, then try again',
      };
}

async function call(path, options = {}) {
  const response = await fetch(`api/${path}`, options);
  if (!response.ok) {
    throw await refusal(response);
  }
  return response;
}

async function refusal(response) {
  try {
    return new Problem(await response.json());
  } catch {
    // not one of our answers: a proxy's, or the server is starting
    return new Problem({
      title: 'The server does not answer as it should',
      status: response.status,
      arrived: `status ${response.status}`,
      allowed: 'an answer of the application',
      remedy: 'wait until the server is ready, then try again',
    });
  }
}

const json = (method, body) => ({
  method,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});

export const status = async () => (await call('status')).json();
export const clauses = async () => (await call('clauses')).json();
export const balances = async () => (await call('balances')).json();
export const rewards = async (accounts) =>
  (await call(`rewards?${accounts.map((id) => `account=${encodeURIComponent(id)}`).join('&')}`)).json();
export const claim = async (accounts) =>
  (await call('rewards/claims', json('POST', { accounts }))).json();
export const contribute = async (clause) => (await call('clauses', json('POST', clause))).json();
export const stop = (draft) => fetch(`api/draft/${draft}`, { method: 'DELETE' });
export const reportAddress = (receipt, format) =>
  `api/report/${encodeURIComponent(receipt)}?format=${format}`;

/**
 * Drafts. Calls back with each piece of text; resolves with what the draft used and owes.
 *
 * @param {object} request
 * @param {(delta: string) => void} onText
 * @param {(spans: object[]) => void} onEvidence spans of the text so far, each once, as they become
 *     certain
 */
export async function draft(request, onText, onEvidence) {
  const response = await call('draft', json('POST', request));
  for await (const line of jsonLines(response.body)) {
    if (line.type === 'text') {
      onText(line.delta);
    } else if (line.type === 'evidence') {
      onEvidence(line.spans);
    } else if (line.type === 'error') {
      throw new Problem(line.problem);
    } else if (line.type === 'final') {
      return line;
    }
  }
  throw new Problem({
    title: 'The answer broke off',
    arrived: 'a stream that ended before the answer was complete',
    allowed: 'a complete answer with its receipt',
    remedy: 'draft again; an answer that was not completed is not charged',
  });
}
