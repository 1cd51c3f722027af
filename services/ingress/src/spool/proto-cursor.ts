/**
 * Writes protobuf fields into a given buffer without making objects on the way. The caller sees to it that there is room.
 * The tags are those of the generated code (field number << 3 | wire type).
 */
export class ProtoCursor {
  buffer: Buffer = Buffer.alloc(0);
  at = 0;

  start(buffer: Buffer, at: number): this {
    this.buffer = buffer;
    this.at = at;
    return this;
  }

  bytes(source: Buffer): this {
    source.copy(this.buffer, this.at);
    this.at += source.length;
    return this;
  }

  /** A string of one-byte characters, such as an id, a number or a time; nothing is written for an empty one. */
  ascii(tag: number, text: string): this {
    if (text.length === 0) return this;
    this.varint(tag).varint(text.length);
    this.at += this.buffer.write(text, this.at, 'latin1');
    return this;
  }

  /** A string of any characters. */
  text(tag: number, text: string): this {
    if (text.length === 0) return this;
    this.varint(tag).varint(Buffer.byteLength(text));
    this.at += this.buffer.write(text, this.at);
    return this;
  }

  /** An unsigned number up to 2^53 - 1; nothing is written for 0. */
  number(tag: number, value: number): this {
    return value === 0 ? this : this.varint(tag).varint(value);
  }

  flag(tag: number, value: boolean): this {
    return value ? this.varint(tag).varint(1) : this;
  }

  /** One entry of a `map<string, string>`. */
  entry(tag: number, key: string, value: string): this {
    const keyBytes = Buffer.byteLength(key);
    const valueBytes = Buffer.byteLength(value);
    this.varint(tag).varint(2 + varintBytes(keyBytes) + varintBytes(valueBytes) + keyBytes + valueBytes);
    this.varint(10).varint(keyBytes);
    this.at += this.buffer.write(key, this.at);
    this.varint(18).varint(valueBytes);
    this.at += this.buffer.write(value, this.at);
    return this;
  }

  /** Leaves room for a length that is known only later; `closeLength` fills it. */
  openLength(): number {
    this.at += 3;
    return this.at;
  }

  /** Fills the length of what was written since. Three bytes always: a varint may be longer than it needs to be. */
  closeLength(start: number): this {
    const length = this.at - start;
    this.buffer[start - 3] = (length & 0x7f) | 0x80;
    this.buffer[start - 2] = ((length >>> 7) & 0x7f) | 0x80;
    this.buffer[start - 1] = length >>> 14;
    return this;
  }

  varint(value: number): this {
    let rest = value;
    while (rest > 0x7f) {
      this.buffer[this.at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.buffer[this.at++] = rest;
    return this;
  }
}

function varintBytes(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : 3;
}
