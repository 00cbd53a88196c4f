// The peers that the lab is measured beside: other ways to have orders decided by two workers.
//
// `peers.run(name, orders)` gives how long the orders took, in milliseconds, from the first that
// is sent to the last that is answered. The workers are up and warm before the clock starts, and
// the outcomes are counted while it runs, then compared with what they must be, so that nobody
// can leave the work out.
import "./npm/workerpool.js";
import * as Comlink from "./npm/comlink.mjs";
import { decide } from "./decide.js";
import { AMOUNT, ATTEMPT, CUSTOMER, NUMBER, OUTCOME, SEED, WORDS } from "./record.js";

const WORKERS = 2;
const CUSTOMERS = 1_000;
const SEED_OF_ALL = 1;
const OUTCOMES = 3;
const WARM_UP = 2_000;

// Orders under way at a time. Tried with 4, 16, 64, 256, 1,024, 4,096 and all at once: 256 was the
// best of each, or as good.
const CALLS_UNDER_WAY = 256;
// Records to a batch of the bare transport, and batches under way to a worker.
const BATCH = 1_024;
const BATCHES_UNDER_WAY = 4;

const url = (name) => new URL(name, import.meta.url);

// Each gives `{ run(orders) → counts of the outcomes, end() }`.
const PEERS = {
  workerpool() {
    const pool = globalThis.workerpool.pool(url("workerpool-worker.js").href, {
      minWorkers: WORKERS,
      maxWorkers: WORKERS,
      workerType: "web",
      workerOpts: { type: "module" },
    });
    const call = (number) => pool.exec("decide", [SEED_OF_ALL, number, 1]);
    return { run: (orders) => calls(orders, call), end: () => pool.terminate(true) };
  },

  comlink() {
    const workers = moduleWorkers("comlink-worker.js");
    const proxies = workers.map((worker) => Comlink.wrap(worker));
    const call = (number) => proxies[number % WORKERS].decide(SEED_OF_ALL, number, 1);
    return { run: (orders) => calls(orders, call), end: () => end(workers) };
  },

  async message() {
    const workers = await readyWorkers("message-worker.js");
    const run = (orders) => messages(workers, orders);
    return { run, end: () => end(workers) };
  },

  async batches() {
    const workers = await readyWorkers("batch-worker.js");
    return { run: (orders) => batches(workers, orders), end: () => end(workers) };
  },
};

async function run(name, orders) {
  const peer = await PEERS[name]();
  try {
    await peer.run(WARM_UP);
    const start = performance.now();
    const counts = await peer.run(orders);
    const took = performance.now() - start;
    check(name, orders, counts);
    return took;
  } finally {
    await peer.end();
  }
}

function check(name, orders, counts) {
  const expected = new Array(OUTCOMES).fill(0);
  for (let number = 0; number < orders; number++) expected[decide(SEED_OF_ALL, number, 1)]++;
  if (String(counts) !== String(expected)) {
    throw new Error(`${name} gave the outcomes ${counts}, not ${expected}`);
  }
}

// As many chains of calls as may be under way, each sending its next order when one is answered.
async function calls(orders, call) {
  const counts = new Array(OUTCOMES).fill(0);
  let next = 0;
  const chain = async () => {
    while (next < orders) counts[await call(next++)]++;
  };
  await Promise.all(Array.from({ length: CALLS_UNDER_WAY }, chain));
  return counts;
}

function messages(workers, orders) {
  const counts = new Array(OUTCOMES).fill(0);
  let next = 0;
  let answered = 0;
  return new Promise((resolve, reject) => {
    const send = (worker) => {
      if (next < orders) worker.postMessage({ seed: SEED_OF_ALL, number: next++, attempt: 1 });
    };
    for (const worker of workers) {
      worker.onerror = reject;
      worker.onmessage = ({ data: { outcome } }) => {
        counts[outcome]++;
        if (++answered === orders) resolve(counts);
        else send(worker);
      };
    }
    for (let each = 0; each < CALLS_UNDER_WAY; each++) send(workers[each % WORKERS]);
  });
}

function batches(workers, orders) {
  const counts = new Array(OUTCOMES).fill(0);
  let next = 0;
  let answered = 0;
  return new Promise((resolve, reject) => {
    const send = (worker, whole) => {
      if (next === orders) return;
      const records = Math.min(BATCH, orders - next);
      // The last batch may be smaller; the others go back and forth in the same memory.
      const same = records * WORDS * 4 === whole.byteLength;
      const buffer = same ? whole : new ArrayBuffer(records * WORDS * 4);
      const words = new Uint32Array(buffer);
      for (let at = 0; at < words.length; at += WORDS) {
        words[at + SEED] = SEED_OF_ALL;
        words[at + NUMBER] = next;
        words[at + ATTEMPT] = 1;
        words[at + CUSTOMER] = next % CUSTOMERS;
        words[at + AMOUNT] = 1_200;
        next++;
      }
      worker.postMessage(buffer, [buffer]);
    };
    for (const worker of workers) {
      worker.onerror = reject;
      worker.onmessage = ({ data: buffer }) => {
        const words = new Uint32Array(buffer);
        for (let at = 0; at < words.length; at += WORDS) counts[words[at + OUTCOME]]++;
        answered += words.length / WORDS;
        if (answered === orders) resolve(counts);
        else send(worker, buffer);
      };
    }
    for (let each = 0; each < BATCHES_UNDER_WAY * WORKERS; each++) {
      send(workers[each % WORKERS], new ArrayBuffer(BATCH * WORDS * 4));
    }
  });
}

function moduleWorkers(name) {
  return Array.from({ length: WORKERS }, () => new Worker(url(name), { type: "module" }));
}

// What is posted to a module worker before its module has run is kept, but its first message
// would then pay for its start: each says when it is there.
async function readyWorkers(name) {
  const workers = moduleWorkers(name);
  const ready = (worker) =>
    new Promise((resolve, reject) => {
      worker.onmessage = resolve;
      worker.onerror = reject;
    });
  await Promise.all(workers.map(ready));
  return workers;
}

function end(workers) {
  for (const worker of workers) worker.terminate();
}

globalThis.peers = { run };
