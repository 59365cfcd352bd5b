// MessagePack and checksums, as docs/workspace-format.md uses them.
const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n;
});
export const crc32 = (bytes) => ~bytes.reduce((crc, byte) => TABLE[(crc ^ byte) & 255] ^ (crc >>> 8), -1) >>> 0;
export const fail = (text) => { throw new Error(text); };

// ---- MessagePack ----

export function unpack(bytes, from = 0) { // gives the value, and where it ends; fails where bytes are missing
  let at = from;
  const take = (size) => (at += size) <= bytes.length ? bytes.subarray(at - size, at) : fail('torn');
  const uint = (size) => Number(BigInt(`0x${take(size).toString('hex')}`));
  const int = (size) => Number(BigInt.asIntN(8 * size, BigInt(`0x${take(size).toString('hex')}`)));
  const list = (size) => Array.from({ length: size }, value);
  const map = (size) => Object.fromEntries(Array.from({ length: size }, () => [value(), value()]));
  function value() {
    const head = uint(1);
    if (head < 0x80) return head;
    if (head < 0x90) return map(head & 15);
    if (head < 0xa0) return list(head & 15);
    if (head < 0xc0) return take(head & 31).toString();
    if (head >= 0xe0) return head - 256;
    switch (head) {
      case 0xc0: return null;
      case 0xc2: case 0xc3: return head === 0xc3;
      case 0xc4: case 0xc5: case 0xc6: return take(uint(1 << (head - 0xc4)));
      case 0xca: return take(4).readFloatBE();
      case 0xcb: return take(8).readDoubleBE();
      case 0xcc: case 0xcd: case 0xce: case 0xcf: return uint(1 << (head - 0xcc));
      case 0xd0: case 0xd1: case 0xd2: case 0xd3: return int(1 << (head - 0xd0));
      case 0xd9: case 0xda: case 0xdb: return take(uint(1 << (head - 0xd9))).toString();
      case 0xdc: case 0xdd: return list(uint(2 << (head - 0xdc)));
      case 0xde: case 0xdf: return map(uint(2 << (head - 0xde)));
      default: return fail(`no MessagePack of ours: 0x${head.toString(16)}`);
    }
  }
  const found = value();
  return [found, at];
}

function pack(value) {
  const head = (code, size, bytes) => { // a code, and a number of so many bytes behind it
    const made = Buffer.alloc(1 + bytes, code);
    made.writeUIntBE(size, 1, bytes);
    return made;
  };
  const sized = (code, size) => size < 65536 ? head(code, size, 2) : head(code + 1, size, 4);
  if (value === null) return Buffer.of(0xc0);
  if (typeof value === 'boolean') return Buffer.of(value ? 0xc3 : 0xc2);
  if (Number.isInteger(value) && value >= 0) {
    if (value < 128) return Buffer.of(value);
    return value < 2 ** 32 ? head(0xce, value, 4) : Buffer.concat([Buffer.of(0xcf, 0, 0), head(0, value, 6).subarray(1)]);
  }
  if (typeof value === 'string') {
    const text = Buffer.from(value);
    return Buffer.concat([sized(0xda, text.length), text]);
  }
  if (Array.isArray(value)) return Buffer.concat([sized(0xdc, value.length), ...value.map(pack)]);
  const pairs = Object.entries(value);
  return Buffer.concat([sized(0xde, pairs.length), ...pairs.flat().map(pack)]);
}

export function seal(map) {
  const bytes = Buffer.concat([pack({ ...map, crc: 2 ** 31 }).subarray(0, -4), Buffer.alloc(4)]);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, -4)), bytes.length - 4);
  return bytes;
}

export function unseal(bytes, from, what, plain = false) { // as `unpack`, of a map with a checksum, or of version 1.0
  const [map, end] = unpack(bytes, from);
  if ((plain || map.version?.[1] === 0) && !('crc' in map)) return [map, end];
  if (Object.keys(map).at(-1) !== 'crc' || bytes[end - 5] !== 0xce) fail(`${what} has no checksum`);
  if (crc32(bytes.subarray(from, end - 4)) !== map.crc) fail(`${what} is damaged`);
  return [map, end];
}
