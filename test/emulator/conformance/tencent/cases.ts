import type { Case as VendorCase, Wire } from '../vendor';
import type { Keys } from './sdks';
import type { Stage } from './stage';

export type Case = VendorCase<Stage, Keys>;

export const good = (operation: string, parameters: Case['parameters'], expected: Wire, what = 'good'): Case => ({
  operation,
  what,
  parameters,
  expected,
});

export const refused = (operation: string, what: string, parameters: Case['parameters'], service: string): Case => ({
  operation,
  what,
  parameters,
  expected: { service },
});

export const anyText = expect.any(String) as string;
export const pemOf = (label: string) => expect.stringContaining(`-----BEGIN ${label}-----\n`) as string;
export const names = (count: number) => Array.from({ length: count }, (_, index) => `light-${index}`);
