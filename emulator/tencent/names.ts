/** Device names (CreateMultiDevice, 2018-06-14): 1 to 48 letters, digits, `:`, `_`, `-`. */
export function isDeviceName(name: string): boolean {
  return /^[a-zA-Z0-9:_-]{1,48}$/.test(name);
}

/** Product names (CreateProduct, 2018-06-14): the same, up to 32. */
export function isProductName(name: string): boolean {
  return /^[a-zA-Z0-9:_-]{1,32}$/.test(name);
}

/** How many devices one CreateMultiDevice may name. */
export const namesPerCall = 100;
