import type { Store } from '../batch/ports/store';

/** The store, each of whose calls is made by `make`. `key`: or the prefix that is listed. */
export function storeThrough(
  store: Store,
  make: <T>(verb: keyof Store, key: string, call: () => Promise<T>) => Promise<T>,
): Store {
  return {
    get: (key) => make('get', key, () => store.get(key)),
    put: (key, body, condition) => make('put', key, () => store.put(key, body, condition)),
    list: (prefix) => make('list', prefix, () => store.list(prefix)),
    delete: (key) => make('delete', key, () => store.delete(key)),
  };
}
