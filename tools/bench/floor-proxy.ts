import { createServer } from 'node:http';
import { Pool } from 'undici';

/**
 * The floor: the least that a metering proxy in Node can do. It reads the body, parses it, sends it on through an undici pool, reads the answer, parses
 * it for its usage and answers. No keys, no tags, no spool, no books. Run as `node floor-proxy.js PORT UPSTREAM_ORIGIN PATH_PREFIX`.
 */
function startFloorProxy(port: number, upstream: string, pathPrefix: string): void {
  const pool = new Pool(upstream, { connections: 256, pipelining: 1 });
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      const asked = JSON.parse(body.toString('utf8')) as { stream?: boolean };
      pool
        .request({
          method: 'POST',
          path: pathPrefix + (request.url ?? '').replace(/^\/v1/, ''),
          headers: { 'content-type': 'application/json', authorization: request.headers.authorization ?? '' },
          body,
        })
        .then(async (answer) => {
          if (asked.stream) {
            response.writeHead(answer.statusCode, { 'content-type': String(answer.headers['content-type']) });
            let last: Buffer | undefined;
            for await (const chunk of answer.body as AsyncIterable<Buffer>) {
              last = chunk;
              if (!response.write(chunk)) await new Promise((drained) => response.once('drain', drained));
            }
            if (last?.includes('"usage"')) last.indexOf('}');
            response.end();
            return;
          }
          const bytes = Buffer.from(await answer.body.arrayBuffer());
          const { usage } = JSON.parse(bytes.toString('utf8')) as { usage?: { prompt_tokens: number } };
          response.writeHead(answer.statusCode, {
            'content-type': String(answer.headers['content-type']),
            'content-length': bytes.length,
            'x-tokens': usage?.prompt_tokens ?? 0,
          });
          response.end(bytes);
        })
        .catch(() => response.writeHead(502).end());
    });
  });
  server.listen(port, '127.0.0.1', () => console.log(`floor listens on ${port}`));
}

const [port, upstream, pathPrefix] = process.argv.slice(2);
if (!port || !upstream || !pathPrefix) throw new Error('usage: floor-proxy PORT UPSTREAM_ORIGIN PATH_PREFIX');
startFloorProxy(Number(port), upstream, pathPrefix);
