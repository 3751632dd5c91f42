import { products } from '../clouds/products';
import { namesIn, type BatchSpec, type Template } from '../stack/spec';
import type { Fault } from '../world/faults';
import type { Life, Step } from './life';

/** A life as its reader is told it, before it is lived. */
export function tellLife({ seed, setting, steps }: Life): string {
  return [`life ${seed}`, `  setting ${JSON.stringify(setting)}`, ...steps.map((step) => `  ${inWords(step)}`)].join(
    '\n',
  );
}

export function inWords({ deed, faults }: Step): string {
  const wrong = faults.length > 0 ? `, with ${faults.map(faultInWords).join(', ')}` : '';
  switch (deed.do) {
    case 'deploy': {
      const { together, sibling, waits, rollback, backUnder, back } = deed.course;
      const course = [
        together ? 'side by side' : 'one by one',
        sibling && `a sibling fails ${sibling === 'while' ? 'meanwhile' : 'afterwards'}`,
        !waits && 'nobody waits for what is cancelled',
        !rollback && '--no-rollback',
        backUnder === 'new' && 'taken back under the new id',
        back === 'delete' && 'taken back by a Delete alone',
      ].filter(Boolean);
      return `deploy ${templateInWords(deed.template)} (${course.join(', ')})${wrong}`;
    }
    case 'meddle':
      return `meddle: ${deed.how}`;
    case 'redeliver':
      return `redeliver event ${deed.which}${wrong}`;
    case 'wait':
      return `wait ${deed.ms / 1000} s${wrong}`;
    case 'rename':
      return `rename the stack${wrong}`;
    case 'roll back':
    case 'delete':
      return `${deed.do}${wrong}`;
  }
}

export function templateInWords(template: Template): string {
  return Object.entries(template)
    .map(([batch, spec]) => `${batch}: ${specInWords(spec)}`)
    .join('; ');
}

function specInWords(spec: BatchSpec): string {
  const names = namesIn(spec);
  const devices = names ? names.join(' ') : JSON.stringify(spec.devices);
  const options = [
    `on ${products[spec.product].inWords}`,
    spec.deleteActivated && 'deleteActivated',
    spec.deviceCredentials === 'none' && 'no credentials',
    typeof spec.deviceCredentials === 'object' && 'in Secrets Manager',
    spec.listing === 'file' && 'from a file',
    spec.listing === 'sequence' && 'as a sequence',
    spec.onExisting === 'adopt' && 'adopts',
    typeof spec.onExisting !== 'string' && `adopts only ${spec.onExisting.adopt.join(' ')}`,
    spec.onPartialFailure === 'keep' && 'keeps',
    spec.removalPolicy === 'retain' && 'retains',
  ].filter(Boolean);
  return `${devices} (${options.join(', ')})`;
}

export function faultInWords({ kind, on, nth, times, ms }: Fault): string {
  return `${kind}(${on || 'any'} #${nth}${times > 1 ? `×${times}` : ''}, ${ms} ms)`;
}
