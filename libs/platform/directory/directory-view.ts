/** What a service knows of a compacted topic: the newest value of each key. */
export interface DirectoryView<T> {
  get(key: string): T | undefined;
  /** In no particular order. */
  values(): Iterable<T>;
  readonly size: number;
  /** Called after each change, with undefined when the key is gone. A listener must not throw. */
  onChange(listener: (key: string, value: T | undefined) => void): void;
}

interface Entry<T> {
  readonly bytes: Buffer;
  readonly value: T;
}

/** A view and its writing side. Keeps the bytes beside the value, to tell a change from a repetition and to write snapshots without loss. */
export class TopicView<T> implements DirectoryView<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #listeners: ((key: string, value: T | undefined) => void)[] = [];
  readonly #decode: (bytes: Uint8Array) => T;

  constructor(decode: (bytes: Uint8Array) => T) {
    this.#decode = decode;
  }

  get(key: string): T | undefined {
    return this.#entries.get(key)?.value;
  }

  *values(): Iterable<T> {
    for (const { value } of this.#entries.values()) yield value;
  }

  get size(): number {
    return this.#entries.size;
  }

  onChange(listener: (key: string, value: T | undefined) => void): void {
    this.#listeners.push(listener);
  }

  /** Sets or, with null, removes a key; true if that changed anything. Throws what decoding throws, and keeps the old value then. */
  apply(key: string, bytes: Buffer | null): boolean {
    const known = this.#entries.get(key);
    if (bytes === null) {
      if (known === undefined) return false;
      this.#entries.delete(key);
      this.#tell(key, undefined);
      return true;
    }
    if (known?.bytes.equals(bytes) === true) return false;
    const value = this.#decode(bytes);
    this.#entries.set(key, { bytes, value });
    this.#tell(key, value);
    return true;
  }

  keys(): Iterable<string> {
    return this.#entries.keys();
  }

  *bytesByKey(): Iterable<[string, Buffer]> {
    for (const [key, { bytes }] of this.#entries) yield [key, bytes];
  }

  #tell(key: string, value: T | undefined): void {
    for (const listener of this.#listeners) listener(key, value);
  }
}
