// The 32-byte record of the bare transport, in 32-bit words.
export const WORDS = 8;
export const SEED = 0;
export const NUMBER = 1;
export const ATTEMPT = 2;
export const CUSTOMER = 3;
export const AMOUNT = 4;
export const OUTCOME = 5;
