/**
 * Whether a seed asks for long lives in which much goes wrong at each step, by its first letters. It takes two or three rare things at once
 * to break what holds in most lives: these few come upon as much as ten times as many others.
 */
export function isStormy(seed: string): boolean {
  return seed.startsWith('storm');
}
