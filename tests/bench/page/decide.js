// What every contestant does with an order: the kind of decision that the lab's `shop::work`
// makes. An integer hash of the seed, the order's number and the attempt says how it ends.

export const PAID = 0;
export const DECLINED = 1;
export const GATEWAY_FAILED = 2;

// Shares of 2^32: a twentieth of the cards is declined, a tenth of the attempts fails.
const DECLINED_BELOW = 2 ** 32 / 20;
const FAILED_BELOW = 2 ** 32 / 10;

export function decide(seed, number, attempt) {
  if (hash(seed, number, 0, 1) < DECLINED_BELOW) return DECLINED;
  if (hash(seed, number, attempt, 2) < FAILED_BELOW) return GATEWAY_FAILED;
  return PAID;
}

function hash(seed, number, attempt, draw) {
  return mix(mix(mix(seed) ^ number) ^ ((attempt << 8) | draw)) >>> 0;
}

// The finaliser of MurmurHash3 (Austin Appleby, public domain).
function mix(bits) {
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
