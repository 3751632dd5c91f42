/** What a client may have signed as its host: the vendor's Node SDK leaves out the port that its Host header has. */
export function hostsOf(host: string): string[] {
  const bare = host.replace(/:\d+$/, '');
  return bare === host ? [host] : [host, bare];
}
