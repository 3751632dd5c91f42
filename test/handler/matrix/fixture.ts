import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { STORE_RESOURCE_TYPE } from '../../../lib/batch/contract';

export const fixtures = join(__dirname, 'fixtures');

const propertiesSchema = z.union([z.templateLiteral(['those of ', z.string()]), z.record(z.string(), z.unknown())]);

/** An event as CloudFormation sends it, by name; what every event has (StackId, RequestId …) is left out. */
const eventSchema = z.strictObject({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  /** A batch's if it is left out. */
  ResourceType: z.literal(STORE_RESOURCE_TYPE).optional(),
  LogicalResourceId: z.string().default('StreetLights'),
  /** `id of <event>`: the one in the response to that event. Else as it is: CloudFormation makes ids up, too. */
  PhysicalResourceId: z.string().optional(),
  /** What differs from those of `HandlerWorld.properties`; a member that is null is left out. Or `those of <event>`. */
  ResourceProperties: propertiesSchema.default({}),
  OldResourceProperties: propertiesSchema.optional(),
});

const fixtureSchema = z.strictObject({
  what: z.string(),
  /** In the order in which CloudFormation sends them. */
  events: z.record(z.string(), eventSchema),
});

export type FixtureEvent = z.infer<typeof eventSchema>;

/** What happens in one row of the matrix. */
export type Fixture = z.infer<typeof fixtureSchema> & { number: number };

/** The names of all fixtures, in the order of their numbers. */
export function fixtureNames(): string[] {
  return readdirSync(fixtures)
    .map((file) => file.replace(/\.json$/, ''))
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
}

export function loadFixture(name: string): Fixture {
  const fixture = fixtureSchema.parse(JSON.parse(readFileSync(join(fixtures, `${name}.json`), 'utf8')));
  return { ...fixture, number: Number.parseInt(name, 10) };
}
