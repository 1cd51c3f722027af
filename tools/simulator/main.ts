import { parseArgs } from 'node:util';
import { Book } from './book';
import { createSimulator } from './server';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8190' },
    host: { type: 'string', default: '127.0.0.1' },
    book: { type: 'string' },
    secret: { type: 'string' },
  },
});

const book = new Book(values.book);
const server = createSimulator({ book, secret: values.secret });
server.listen(Number(values.port), values.host, () => console.log(`provider simulator listens on ${values.host}:${values.port}`));

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    server.close();
    server.closeAllConnections();
    book.close();
    process.exit(0);
  });
}
