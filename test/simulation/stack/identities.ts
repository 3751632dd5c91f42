/**
 * Whether a recorded identity may be that of a device: it is, or an API recorded it that tells names only. Nothing else tells then
 * such a device from a later one of its name.
 */
export function isIdentityOf(recorded: string | undefined, device: { name: string; identity: string }): boolean {
  return recorded === device.identity || recorded === `name:${device.name}`;
}

export function isByName(recorded: string): boolean {
  return recorded.startsWith('name:');
}

/** What the ids begin with that CloudFormation makes up for what never answered it: the stack's name. */
export const INVENTED = 'street-';

export function isInvented(id: string): boolean {
  return id.startsWith(INVENTED);
}
