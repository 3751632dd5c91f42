export * from './attributes';
export * from './cloud-reference';
export * from './device-names';
export * from './environment';
export * from './limits';
export * from './options';
export * from './parse-options';
export * from './time-budget';
