/** DER, as far as a certificate needs it (ITU-T X.690): every value is a tag, a length and a content. */
export const der = {
  sequence: (...items: Buffer[]) => tagged(0x30, Buffer.concat(items)),
  set: (...items: Buffer[]) => tagged(0x31, Buffer.concat(items)),
  /** A positive whole number, most significant byte first. */
  integer: (bytes: Buffer) => tagged(0x02, (bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes),
  bitString: (bytes: Buffer) => tagged(0x03, Buffer.concat([Buffer.of(0), bytes])),
  text: (text: string) => tagged(0x0c, Buffer.from(text, 'utf8')),
  /** Milliseconds since 1970. Until 2049 certificates write two digits of the year (RFC 5280, 4.1.2.5). */
  time: (time: number) => {
    const digits = `${new Date(time).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
    return digits < '2050' ? tagged(0x17, Buffer.from(digits.slice(2))) : tagged(0x18, Buffer.from(digits));
  },
  /** Only identifiers whose parts are below 128. */
  objectIdentifier: (first: number, second: number, ...rest: number[]) =>
    tagged(0x06, Buffer.from([first * 40 + second, ...rest])),
  /** `[number]` around a value. */
  context: (number: number, inner: Buffer) => tagged(0xa0 + number, inner),
};

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}
