// Reads a stream of JSON lines as it arrives.

/** A line longer than this is not one of ours. */
export const MAX_LINE = 4_000_000;

/**
 * The objects of a stream, each as soon as its line is whole. Characters and lines may be cut
 * anywhere by the network.
 *
 * @param {ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>} body
 */
export async function* jsonLines(body) {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of chunks(body)) {
    rest += decoder.decode(bytes, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop();
    if (rest.length > MAX_LINE) {
      throw new Error(`a line of more than ${MAX_LINE} characters arrived`);
    }
    yield* lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line));
  }
  rest += decoder.decode();
  if (rest.trim() !== '') {
    yield JSON.parse(rest);
  }
}

// Not every browser can iterate over a stream itself.
async function* chunks(body) {
  if (!('getReader' in body)) {
    yield* body;
    return;
  }
  const reader = body.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      yield next.value;
    }
  } finally {
    reader.releaseLock();
  }
}
