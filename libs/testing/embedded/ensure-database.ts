import { Client, escapeIdentifier } from 'pg';

const TIMEOUT_MS = 30_000;

/** Waits until the server takes connections, then makes the database if it is missing. Rejects after 30 s, or as soon as the server has ended. */
export async function ensureDatabase(serverUrl: string, name: string, gaveUp: Promise<void> = new Promise(() => undefined)): Promise<void> {
  let over = false;
  void gaveUp.then(() => (over = true));
  const deadline = Date.now() + TIMEOUT_MS;
  for (;;) {
    const client = new Client({ connectionString: serverUrl });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
      if (found.rowCount === 0) await client.query(`CREATE DATABASE ${escapeIdentifier(name)}`);
      return;
    } catch (error) {
      if (over) throw new Error('the server ended');
      if (!isNotYetUp(error) || Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 30));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

/** Nobody listens yet, the connection was cut, or the server says that it is starting up. */
function isNotYetUp(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === '57P03' || (message ?? '').includes('terminated unexpectedly');
}
