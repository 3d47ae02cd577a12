// What an application does with OpenAI's own client, against a running server. Prints nothing when all holds.
//
// BASE_URL, e.g. http://127.0.0.1:8080/openledger/v1; ASKING and OTHER, users with and without the right to ask
// models; PASSWORD, of both (absent: each one's name). The argument says what is tried.
import assert from 'node:assert/strict';
import OpenAI, {
  AuthenticationError,
  BadRequestError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
} from 'openai';

const { BASE_URL, ASKING, OTHER, PASSWORD } = process.env;

function as(user, password = PASSWORD ?? user) {
  const basic = Buffer.from(`${user}:${password}`).toString('base64');
  return new OpenAI({
    baseURL: BASE_URL,
    apiKey: 'not used: the header below says who asks',
    maxRetries: 0,
    defaultHeaders: { Authorization: `Basic ${basic}` },
  });
}

const client = as(ASKING);
const messages = [{ role: 'user', content: 'Duty of care:' }];
const plain = { messages, max_tokens: 24, temperature: 0 };

async function models() {
  const all = [];
  for await (const model of client.models.list()) all.push(model);
  const adapter = all.find((m) => m.parent);
  assert.ok(adapter, 'an adapter with its parent');
  assert.ok(all.find((m) => m.id === adapter.parent && !m.parent), 'the base model');
  assert.deepEqual(await client.models.retrieve(adapter.id), adapter);
  return { adapter: adapter.id, base: adapter.parent };
}

async function answers() {
  const { adapter, base } = await models();

  const whole = await client.chat.completions.create({ ...plain, model: base });
  assert.equal(whole.model, base);
  assert.equal(whole.choices[0].message.role, 'assistant');
  assert.ok(whole.choices[0].message.content.length > 0);
  assert.equal(whole.usage.total_tokens, whole.usage.prompt_tokens + whole.usage.completion_tokens);
  assert.equal(whole.attribution.status, 'ATTRIBUTED');

  let text = '';
  let usage;
  let attribution;
  const stream = await client.chat.completions.create({
    ...plain,
    model: base,
    stream: true,
    stream_options: { include_usage: true },
  });
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta?.content ?? '';
    usage = chunk.usage ?? usage;
    attribution = chunk.attribution ?? attribution;
  }
  assert.equal(text, whole.choices[0].message.content);
  assert.deepEqual(usage, whole.usage);
  assert.equal(attribution.status, 'ATTRIBUTED');

  const several = await client.chat.completions.create({
    ...plain, model: adapter, temperature: 1, n: 3, seed: 7,
  });
  assert.deepEqual(several.choices.map((c) => c.index), [0, 1, 2]);
  assert.ok(several.choices.every((c) => c.attribution.status === 'ATTRIBUTED'));

  const texts = await client.completions.create({
    model: adapter, prompt: ['One', 'Two'], echo: true, max_tokens: 4, temperature: 0,
  });
  assert.equal(texts.choices.length, 2);
  assert.ok(texts.choices[1].text.startsWith('Two'));
}

// needs two adapters; the client passes members on that it does not know
async function mixes() {
  const all = [];
  for await (const model of client.models.list()) all.push(model);
  const [first, second] = all.filter((m) => m.parent).map((m) => m.id);
  const adapters = [{ id: second, weight: -0.25 }, { id: first, weight: 0.5 }];
  const asked = { ...plain, model: all.find((m) => !m.parent).id, adapters };

  const whole = await client.chat.completions.create(asked);
  assert.equal(whole.model, asked.model);
  const told = whole.attribution.adapters;
  assert.deepEqual(
    Object.fromEntries(told.map((a) => [a.id, a.weight])), { [first]: 0.5, [second]: -0.25 });
  assert.ok(told.every((a) => a.version >= 1 && /^[0-9a-f]{64}$/.test(a.digest) && a.builder));

  let text = '';
  let attribution;
  for await (const chunk of await client.chat.completions.create({ ...asked, stream: true })) {
    text += chunk.choices[0]?.delta?.content ?? '';
    attribution = chunk.attribution ?? attribution;
  }
  assert.equal(text, whole.choices[0].message.content);
  assert.deepEqual(attribution.adapters, told);

  const ask = (more) => () => client.chat.completions.create({ ...asked, ...more });
  await refused(BadRequestError, 400, ask({ adapters: [{ id: first, weight: 0 }] }));
  await refused(BadRequestError, 400, ask({ adapters: [adapters[0], adapters[0]] }));
  await refused(BadRequestError, 400, ask({ model: first }));
  await refused(NotFoundError, 404, ask({ adapters: [{ id: 'no-such-adapter', weight: 1 }] }));
}

async function scores() {
  const { base } = await models();
  const scored = await client.chat.completions.create({
    ...plain, model: base, logprobs: true, top_logprobs: 2,
  });
  const tokens = scored.choices[0].logprobs.content;
  assert.ok(tokens.length > 0);
  for (const token of tokens) {
    assert.ok(token.logprob <= 0);
    assert.equal(token.top_logprobs.length, 2);
  }
  const text = Buffer.from(tokens.flatMap((t) => t.bytes)).toString('utf8');
  assert.ok(text.startsWith(scored.choices[0].message.content));
  const completion = await client.completions.create({
    model: base, prompt: 'Duty', logprobs: 2, echo: true, max_tokens: 1, temperature: 0,
  });
  const { tokens: spelled, token_logprobs: logs } = completion.choices[0].logprobs;
  assert.equal(spelled.length, logs.length);
  assert.equal(logs[0], null);
}

async function schema() {
  const answer = await client.chat.completions.create({
    ...plain,
    max_tokens: 60,
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: 'answer',
        strict: true,
        schema: {
          type: 'object',
          properties: { good: { type: 'boolean' } },
          required: ['good'],
          additionalProperties: false,
        },
      },
    },
  });
  assert.equal(typeof JSON.parse(answer.choices[0].message.content).good, 'boolean');
}

async function refused(type, status, call) {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof type, `${error.constructor.name}: ${error.message}`);
    assert.equal(error.status, status);
    assert.match(error.code, /^OPENLEDGER-\d{4}$/);
    assert.ok(error.message.length > 10);
    return true;
  });
}

async function errors() {
  const ask = (c, more) => () => c.chat.completions.create({ ...plain, ...more });
  await refused(BadRequestError, 400, ask(client, { temperature: 9 }));
  await refused(BadRequestError, 400, ask(client, { tools: [{ type: 'function' }] }));
  await refused(NotFoundError, 404, ask(client, { model: 'no-such-model' }));
  await refused(NotFoundError, 404, () => client.models.retrieve('no-such-model'));
  await refused(AuthenticationError, 401, ask(as(ASKING, 'wrong'), {}));
  await refused(PermissionDeniedError, 403, ask(as(OTHER), {}));
}

// needs a model that says the same again
async function stops() {
  const { adapter } = await models();
  const asked = { model: adapter, prompt: 'Duty of care:', max_tokens: 40, temperature: 0 };
  const { text } = (await client.completions.create(asked)).choices[0];
  const stop = text.slice(9, 13);
  assert.equal(stop.length, 4);
  const stopped = (await client.completions.create({ ...asked, stop: ['#never#', stop] })).choices[0];
  assert.equal(stopped.text, text.slice(0, text.indexOf(stop)));
  assert.equal(stopped.finish_reason, 'stop');
}

async function late() {
  const scheduling = { deadline_seconds: 0.001 };
  await refused(RateLimitError, 429, () => client.chat.completions.create({ ...plain, scheduling }));
}

async function busy() {
  await refused(RateLimitError, 429, () => client.chat.completions.create(plain));
}

const tried = { answers, mixes, scores, schema, errors, stops, late, busy };
for (const name of process.argv.slice(2)) await tried[name]();
