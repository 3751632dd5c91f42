import { generate } from '../life/generate';
import type { Life } from '../life/life';
import { perform, type Lived } from '../life/perform';
import { tellLife } from '../life/story';
import { Random } from '../random';
import type { Tally } from '../tally';
import { generateTwin } from '../twin/generate';
import type { TwinLife } from '../twin/life';
import { performTwin } from '../twin/perform';
import { tellTwinLife } from '../twin/story';

/** Who asks for the batches of a life: CloudFormation for the CDK, or Pulumi. */
export const twins = ['cdk', 'pulumi'] as const;
export type Twin = (typeof twins)[number];

export type AnyLife = Life | TwinLife;

/** The life of a seed: with the twin that is asked for, else with the one that the seed says; a third of them with Pulumi. */
export function generateAny(seed: string, twin: Twin = chosenBy(seed)): AnyLife {
  return twin === 'pulumi' ? generateTwin(seed) : generate(seed);
}

export function performAny(life: AnyLife, tally: Tally, tell?: (line: string) => void): Promise<Lived> {
  return 'twin' in life ? performTwin(life, tally, tell) : perform(life, tally, tell);
}

export function tellAny(life: AnyLife): string {
  return 'twin' in life ? tellTwinLife(life) : tellLife(life);
}

export function twinOf(life: AnyLife): Twin {
  return 'twin' in life ? life.twin : 'cdk';
}

function chosenBy(seed: string): Twin {
  return new Random(`${seed}/twin`).chance(1 / 3) ? 'pulumi' : 'cdk';
}
