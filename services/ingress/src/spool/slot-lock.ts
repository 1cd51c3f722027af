import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const SQLITE_BUSY = 5;
/** A lock whose object was garbage-collected would be no lock. */
const held = new Set<SlotLock>();

/**
 * Holds a spool slot for this process alone. The lock is SQLite's exclusive file lock (fcntl on POSIX, LockFileEx on Windows): the kernel drops it when
 * the process dies in whatever way, and two processes never both get it; of several that
 * try at the same moment it may be that none does. The file itself stays empty. Never open it by other means: closing any
 * descriptor of it in this process would drop the lock.
 */
export class SlotLock {
  private constructor(private readonly database: DatabaseSync) {}

  /** Takes the slot if nobody holds it; null when it is held, by another process or by this one. */
  static tryTake(slotDirectory: string): SlotLock | null {
    if (!existsSync(slotDirectory)) return null;
    let database: DatabaseSync;
    try {
      database = new DatabaseSync(join(slotDirectory, 'lock.db'), { timeout: 0 });
    } catch (error) {
      // The folder went away between the check and here: its retired slot was cleaned up.
      if (!existsSync(slotDirectory)) return null;
      throw error;
    }
    try {
      database.exec('BEGIN EXCLUSIVE');
      const lock = new SlotLock(database);
      held.add(lock);
      return lock;
    } catch (error) {
      database.close();
      if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return null;
      throw error;
    }
  }

  release(): void {
    held.delete(this);
    this.database.close();
  }
}
