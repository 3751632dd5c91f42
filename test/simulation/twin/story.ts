import { faultInWords, templateInWords } from '../life/story';
import type { TwinLife, TwinStep } from './life';

/** A life as its reader is told it, before it is lived. */
export function tellTwinLife({ seed, setting, steps }: TwinLife): string {
  const lines = steps.map((step) => `  ${inWords(step)}`);
  return [`life ${seed}, with Pulumi`, `  setting ${JSON.stringify(setting)}`, ...lines].join('\n');
}

export function inWords(step: TwinStep): string {
  return `${deedInWords(step)}${step.byNewer ? ', by a later version' : ''}`;
}

function deedInWords({ deed, faults }: TwinStep): string {
  const wrong = faults.length > 0 ? `, with ${faults.map(faultInWords).join(', ')}` : '';
  switch (deed.do) {
    case 'up': {
      const aliases = Object.entries(deed.aliases).map(([name, before]) => `${name} was ${before}`);
      const course = [...aliases, deed.previews && 'previewed'].filter(Boolean);
      return `up ${templateInWords(deed.program)}${course.length > 0 ? ` (${course.join(', ')})` : ''}${wrong}`;
    }
    case 'meddle':
      return `meddle: ${deed.how}`;
    case 'lose':
      return deed.back === 0 ? `lose ${deed.what}` : `restore ${deed.what} of ${deed.back} steps ago`;
    case 'wait':
      return `wait ${deed.ms / 1000} s${wrong}`;
    case 'refresh':
    case 'destroy':
    case 'settle':
      return `${deed.do}${wrong}`;
  }
}
