import type { DirectoryView } from '@tollgate/platform/directory';

/** The entries of a view by a property of theirs. */
export interface GroupedView<T> {
  of(group: string): readonly T[];
}

const NONE: readonly never[] = [];

/** Follows a view and keeps its entries grouped. A listener added to the view later finds the groups up to date. */
export function groupedView<T>(view: DirectoryView<T>, groupOf: (value: T) => string): GroupedView<T> {
  const groups = new Map<string, Map<string, T>>();
  const lists = new Map<string, readonly T[]>();
  const groupOfKey = new Map<string, string>();
  view.onChange((key, value) => {
    const before = groupOfKey.get(key);
    if (before !== undefined) {
      groups.get(before)?.delete(key);
      lists.delete(before);
      groupOfKey.delete(key);
    }
    if (value === undefined) return;
    const group = groupOf(value);
    let members = groups.get(group);
    if (!members) groups.set(group, (members = new Map<string, T>()));
    members.set(key, value);
    lists.delete(group);
    groupOfKey.set(key, group);
  });
  return {
    of(group) {
      const known = lists.get(group);
      if (known) return known;
      const members = groups.get(group);
      if (!members) return NONE;
      const list = [...members.values()];
      lists.set(group, list);
      return list;
    },
  };
}
