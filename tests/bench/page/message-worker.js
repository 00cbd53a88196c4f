// One message per order, by hand: an order in, its outcome out.
import { decide } from "./decide.js";

onmessage = ({ data: { seed, number, attempt } }) => {
  postMessage({ number, outcome: decide(seed, number, attempt) });
};
postMessage("ready");
