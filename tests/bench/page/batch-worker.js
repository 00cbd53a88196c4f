// Transferred batches by hand: 32-byte records in, the same buffer with the outcomes out.
import { decide } from "./decide.js";
import { ATTEMPT, NUMBER, OUTCOME, SEED, WORDS } from "./record.js";

onmessage = ({ data: buffer }) => {
  const words = new Uint32Array(buffer);
  for (let at = 0; at < words.length; at += WORDS) {
    words[at + OUTCOME] = decide(words[at + SEED], words[at + NUMBER], words[at + ATTEMPT]);
  }
  postMessage(buffer, [buffer]);
};
postMessage("ready");
