import type { ApiKey } from '@tollgate/contracts';
import type { DirectoryView } from '@tollgate/platform/directory';

/** Keys by their hashes: the present one, and the one that a rotation replaced. */
export class KeyIndex {
  private readonly byHash = new Map<string, ApiKey>();
  private readonly byId = new Map<string, ApiKey>();

  constructor(view: DirectoryView<ApiKey>) {
    view.onChange((id, key) => this.put(id, key));
  }

  find(hash: string): ApiKey | undefined {
    return this.byHash.get(hash);
  }

  private put(id: string, key: ApiKey | undefined): void {
    const before = this.byId.get(id);
    for (const hash of before ? [before.hash, before.previousHash] : []) {
      if (this.byHash.get(hash)?.id === id) this.byHash.delete(hash);
    }
    this.byId.delete(id);
    if (!key) return;
    this.byId.set(id, key);
    for (const hash of [key.previousHash, key.hash]) if (hash) this.byHash.set(hash, key);
  }
}
