/** What identifies a device where the cloud tells nothing of it but its name: any that has the name. */
export function identityByName(name: string): string {
  return `${BY_NAME}${name}`;
}

/**
 * Whether a recorded device may be the one that was found under its name. Where either is known by its name only, nobody can tell
 * it from another one: a batch may have been recorded by one version of an API and be looked at by another.
 */
export function isSameDevice(recorded: string | undefined, found: string | undefined): boolean {
  if (recorded === undefined || found === undefined) return false;
  return recorded === found || recorded.startsWith(BY_NAME) || found.startsWith(BY_NAME);
}

const BY_NAME = 'name:';
