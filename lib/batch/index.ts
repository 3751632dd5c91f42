/** The engine: what a batch is told (`submit`), and how it gets there (`reconcile`). */
export { submit, type Order } from './submit';
export { takeUp } from './take-up';
export { findDrift, type Drift } from './find-drift';
export { readSecrets } from './read-secrets';
export { reconcile, type Result } from './reconcile';
export { loadNames } from './record/names';
export { DELAYED_DELIVERY_MS } from './intent';
export { unrecordedId } from './unrecorded';
export type { EnginePorts } from './operation';
export { StoreVault, credentialText, parseCredentials } from './store-vault';
export { systemClock } from './system-clock';
export { BatchError } from './errors';
export { keys as storeKeys } from './record/keys';
export { settle, type Settled } from './settle';
export { previewSettle, type SettleStep, type SettleWishes } from './settle-wishes';
export { emptyStore, type Emptying } from './empty-store';
