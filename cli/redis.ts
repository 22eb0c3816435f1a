import type { Redis } from "ioredis";

export type Tell = (text: string) => void;

/** Without the password, for messages. */
export const shown = (url: URL) => `${url.protocol}//${url.host}${url.pathname}`;

export function readQueueUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^rediss?:$/.test(url.protocol) && url.hostname && /^(\/\d*)?$/.test(url.pathname)) return url;
  throw new Error(`--queue takes redis://host:port or redis://host:port/database (rediss: with TLS), got ${text}`);
}

/** BullMQ, and a connection that waits for a Redis that comes back, but not for one that was never there. */
export async function connect(
  url: URL,
  tell: Tell,
): Promise<{ readonly bullmq: typeof import("bullmq"); readonly connection: Redis }> {
  const [bullmq, { Redis }] = await Promise.all([import("bullmq"), import("ioredis")]).catch((error: Error) => {
    throw new Error(`--queue needs two packages beside segloss: npm install bullmq ioredis (${error.message})`);
  });
  let before = false,
    lost = false,
    reason = "";
  const connection = new Redis(url.href, {
    ...{ lazyConnect: true, connectTimeout: 5000, maxRetriesPerRequest: null },
    retryStrategy: (times: number) => (before ? Math.min(100 * times, 2000) : null),
  });
  connection.on("error", ({ message }) => {
    reason = message || reason;
  });
  // Not every loss is an error: a Redis that is back before the first attempt closes the connection, and no more.
  connection.on("reconnecting", () => {
    if (!lost) tell(`--queue ${shown(url)}: the connection was lost; waiting for it`);
    lost = true;
  });
  connection.on("ready", () => {
    if (lost) tell(`--queue ${shown(url)}: connected again`);
    [before, lost] = [true, false];
  });
  try {
    await connection.connect();
  } catch (error) {
    reason ||= (error as Error).message;
  }
  // A password or database that is refused is an error event alone; the connection would go on with database 0.
  if (reason) {
    connection.disconnect();
    throw new Error(`--queue ${shown(url)}: cannot be reached: ${reason}`);
  }
  return { bullmq, connection };
}
