/**
 * Reads a file of names (`nameFile` makes them) that came with an order as no more than its address. `since`: when what
 * asks for it began; an access that has just been granted may take a while to work.
 *
 * @throws CloudError `transient` where a later try may succeed; BatchError where none will.
 */
export type ReadNames = (source: string, since: number) => Promise<Uint8Array>;
