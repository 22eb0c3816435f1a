// Masks are scored by as many consumers of a queue as Cloudflare starts, and a Durable Object merges what they find.
//   PUT  /RUN  {"metrics": ["dice"], "options": {}, "shards": 2}            begins a run
//   POST /RUN  [{"shard": 0, "cases": [{"id", "pred", "target"}, ...]}]     sends shards, some at a time, in any order
//   GET  /RUN                                                               how far it is; the scores when all are there
// A mask is COCO's run-length encoding {"size": [height, width], "counts"}, or the key of one in the bucket MASKS, as
// JSON: a message holds 128 KB at most.
import { DurableObject } from "cloudflare:workers";
import { load, SegLossError } from "segloss";
import { decodeRle } from "segloss/masks";

const instance = load(); // once, for all messages

const runOf = (env, name) => env.RUNS.get(env.RUNS.idFromName(name));
const stateFor = (seg, { metrics, options }) => seg.metrics.state(metrics, { ...options, numClasses: 2 });

async function maskOf(mask, env) {
  if (typeof mask !== "string") return decodeRle(mask);
  const found = await env.MASKS.get(mask);
  // It may still be on its way: the message is tried again.
  if (!found) throw new Error(`the bucket has no ${mask}`);
  return decodeRle(await found.json());
}

/** The state of one shard: a few bytes for each case, whatever its masks weigh. */
async function score({ settings, cases }, env) {
  const state = stateFor(await instance, settings);
  for (const { id, pred, target, spacing } of cases)
    state.update(await maskOf(pred, env), await maskOf(target, env), { ids: [id], ...(spacing && { spacing }) });
  return state.toBytes();
}

export default {
  async fetch(request, env) {
    const name = new URL(request.url).pathname.slice(1),
      run = runOf(env, name);
    try {
      if (request.method === "PUT") {
        const settings = await request.json();
        stateFor(await instance, settings); // what is wrong with it is told now
        if (await run.begin(settings)) return new Response(null, { status: 201 });
        return new Response(`${name} was begun with other settings; give it another name`, { status: 409 });
      }
      const settings = await run.settings();
      if (!settings) return new Response(`there is no run ${name}; begin it by PUT`, { status: 404 });
      if (request.method === "GET") return Response.json(await run.result());
      const shards = await request.json(),
        wrong = shards.find(({ shard }) => !(Number.isInteger(shard) && shard >= 0 && shard < settings.shards));
      if (wrong) throw new RangeError(`shard must be 0 to ${settings.shards - 1}, got ${wrong.shard}`);
      await env.SHARDS.sendBatch(shards.map((shard) => ({ body: { run: name, settings, ...shard } })));
      return new Response(null, { status: 202 });
    } catch (error) {
      if (error instanceof SegLossError || error instanceof RangeError)
        return new Response(error.message, { status: 400 });
      throw error;
    }
  },

  async queue(batch, env) {
    for (const message of batch.messages) {
      const { run, shard } = message.body;
      try {
        await runOf(env, run).add(shard, await score(message.body, env));
        message.ack();
      } catch (error) {
        // What is wrong with a shard stays wrong; all else may be better next time.
        if (error instanceof SegLossError || message.attempts > 3) {
          await runOf(env, run).fail(shard, error.message);
          message.ack();
        } else message.retry({ delaySeconds: 1 });
      }
    }
  },
};

/** What is known of one run. A shard's number is its key, so that one that is delivered twice counts once. */
export class Run extends DurableObject {
  #sql;

  constructor(context, env) {
    super(context, env);
    this.#sql = context.storage.sql;
    this.#sql.exec("CREATE TABLE IF NOT EXISTS settings (id INTEGER PRIMARY KEY, text TEXT)");
    this.#sql.exec("CREATE TABLE IF NOT EXISTS shards (shard INTEGER PRIMARY KEY, state BLOB, failure TEXT)");
  }

  /** Whether these are the settings of the run. */
  begin(settings) {
    const text = JSON.stringify(settings);
    this.#sql.exec("INSERT OR IGNORE INTO settings VALUES (0, ?)", text);
    return JSON.stringify(this.settings()) === text;
  }

  settings() {
    const [row] = this.#sql.exec("SELECT text FROM settings");
    return row && JSON.parse(row.text);
  }

  /** A state [bytes] of at most 2 MB, the limit of a value: 35,000 cases of dice. */
  add(shard, state) {
    this.#sql.exec(
      "INSERT INTO shards VALUES (?, ?, NULL) ON CONFLICT DO UPDATE SET state = excluded.state, failure = NULL",
      ...[shard, state],
    );
  }

  fail(shard, failure) {
    this.#sql.exec("INSERT OR IGNORE INTO shards VALUES (?, NULL, ?)", shard, failure);
  }

  /** Merged in the order of the shards; any other would give the same bits. */
  async result() {
    const settings = this.settings(),
      rows = [...this.#sql.exec("SELECT shard, state, failure FROM shards ORDER BY shard")],
      failures = rows.filter(({ failure }) => failure).map(({ shard, failure }) => ({ shard, failure })),
      done = rows.length - failures.length;
    if (done < settings.shards) return { done, of: settings.shards, failures };
    const all = stateFor(await instance, settings);
    for (const { state } of rows) all.merge(new Uint8Array(state));
    const { ids, metrics } = all.result(),
      plain = (_, value) =>
        ArrayBuffer.isView(value)
          ? [...value]
          : Number.isNaN(value) || Math.abs(value) === Infinity
            ? `${value}`
            : value;
    return JSON.parse(JSON.stringify({ done, of: settings.shards, failures, ids, metrics }, plain));
  }
}
