import { brotliDecompressSync, inflateSync, gunzipSync } from 'node:zlib';

const MAX_DECODED_BYTES = 32 * 1024 * 1024;
const DECODERS: Readonly<Record<string, typeof gunzipSync>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

/** The body to read the usage from. We ask providers not to encode; of one that does anyway, the client gets the encoded bytes, as they came. */
export function decodedBody(body: Buffer, encoding: string | undefined): Buffer {
  const decoder = encoding === undefined ? undefined : DECODERS[encoding.toLowerCase()];
  if (!decoder) return body;
  try {
    return decoder(body, { maxOutputLength: MAX_DECODED_BYTES });
  } catch {
    return body;
  }
}
