// What is used of two optional peers, which are not installed here: integration/queue tests against the real ones.
declare module "ioredis" {
  export class Redis {
    constructor(url: string, options: object);
    readonly status: string;
    connect(): Promise<void>;
    disconnect(): void;
    on(event: "error", listen: (error: Error) => void): this;
    on(event: "ready" | "reconnecting", listen: () => void): this;
  }
}

declare module "bullmq" {
  import type { Redis } from "ioredis";

  interface Connected {
    readonly connection: Redis;
  }
  export interface Job {
    readonly id: string;
    readonly data: unknown;
    readonly returnvalue: unknown;
    readonly failedReason: string;
    readonly finishedOn?: number;
    readonly attemptsMade: number;
    isFailed(): Promise<boolean>;
  }
  export class Queue {
    constructor(name: string, options: Connected);
    add(name: string, data: object, options: object): Promise<unknown>;
    getJob(id: string): Promise<Job | undefined>;
    getWorkersCount(): Promise<number>;
    remove(id: string): Promise<number>;
    close(): Promise<void>;
    on(event: "error", listen: (error: Error) => void): this;
  }
  export class QueueEvents {
    constructor(name: string, options: Connected);
    waitUntilReady(): Promise<unknown>;
    close(): Promise<void>;
    on(event: "completed" | "failed", listen: (about: { readonly jobId: string }) => void): this;
    on(event: "error", listen: (error: Error) => void): this;
  }
  export class Worker {
    constructor(
      name: string,
      work: (job: Job) => Promise<string>,
      options: Connected & Readonly<Record<string, unknown>>,
    );
    close(): Promise<void>;
    on(event: "failed", listen: (job: Job | undefined, error: Error) => void): this;
    on(event: "error", listen: (error: NodeJS.ErrnoException) => void): this;
  }
}
