// Keccak-256 and the path from a leaf to the root, as the contract computes them
// (https://keccak.team/files/Keccak-reference-3.0.pdf; chain/contracts/src/payouts/AmountProof.sol).

const MASK = (1n << 64n) - 1n;
const ROUND_CONSTANTS = [
  0x0000000000000001n, 0x0000000000008082n, 0x800000000000808an, 0x8000000080008000n,
  0x000000000000808bn, 0x0000000080000001n, 0x8000000080008081n, 0x8000000000008009n,
  0x000000000000008an, 0x0000000000000088n, 0x0000000080008009n, 0x000000008000000an,
  0x000000008000808bn, 0x800000000000008bn, 0x8000000000008089n, 0x8000000000008003n,
  0x8000000000008002n, 0x8000000000000080n, 0x000000000000800an, 0x800000008000000an,
  0x8000000080008081n, 0x8000000000008080n, 0x0000000080000001n, 0x8000000080008008n,
];
const RATE = 136;

const rotate = (lane, by) => by === 0n ? lane : ((lane << by) | (lane >> (64n - by))) & MASK;

function permute(a) {
  for (const constant of ROUND_CONSTANTS) {
    const parity = [0, 1, 2, 3, 4].map((x) => a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20]);
    for (let x = 0; x < 5; x++) {
      const d = parity[(x + 4) % 5] ^ rotate(parity[(x + 1) % 5], 1n);
      for (let y = 0; y < 25; y += 5) a[x + y] ^= d;
    }
    // rho and pi: one lane moves to the next one's place
    let [x, y] = [1, 0];
    let moved = a[1];
    for (let t = 0; t < 24; t++) {
      [x, y] = [y, (2 * x + 3 * y) % 5];
      const here = a[x + 5 * y];
      a[x + 5 * y] = rotate(moved, BigInt((((t + 1) * (t + 2)) / 2) % 64));
      moved = here;
    }
    for (let row = 0; row < 25; row += 5) {
      const r = a.slice(row, row + 5);
      for (let i = 0; i < 5; i++) a[row + i] = r[i] ^ (~r[(i + 1) % 5] & MASK & r[(i + 2) % 5]);
    }
    a[0] ^= constant;
  }
}

/** The 32 bytes of Keccak-256. */
export function keccak256(bytes) {
  const padded = new Uint8Array((Math.floor(bytes.length / RATE) + 1) * RATE);
  padded.set(bytes);
  padded[bytes.length] |= 0x01;
  padded[padded.length - 1] |= 0x80;
  const view = new DataView(padded.buffer);
  const state = new Array(25).fill(0n);
  for (let block = 0; block < padded.length; block += RATE) {
    for (let i = 0; i < RATE / 8; i++) state[i] ^= view.getBigUint64(block + 8 * i, true);
    permute(state);
  }
  const out = new DataView(new ArrayBuffer(32));
  for (let i = 0; i < 4; i++) out.setBigUint64(8 * i, state[i], true);
  return new Uint8Array(out.buffer);
}

export const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');

export function bytes(digits) {
  const plain = digits.startsWith('0x') ? digits.slice(2) : digits;
  if (!/^([0-9a-f]{2})*$/i.test(plain)) throw new Error('not hexadecimal');
  return Uint8Array.from(plain.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** A number or an address as a word of 32 bytes. */
export const word = (value) => BigInt(value).toString(16).padStart(64, '0');

/** The first four bytes of the hash of a function's signature. */
export const selector = (signature) => hex(keccak256(new TextEncoder().encode(signature))).slice(0, 8);

/** The root, 64 digits, to which a leaf and its siblings lead. */
export function rootOf(address, cumulative, siblings) {
  let node = hex(keccak256(keccak256(bytes(word(address) + word(cumulative)))));
  for (const sibling of siblings) {
    // digits of one length and case are in the order of their bytes
    node = hex(keccak256(bytes(node < sibling ? node + sibling : sibling + node)));
  }
  return node;
}
