import type { IConstruct } from 'constructs';
import { aliyunSignatures, tencentApiVersions } from '../batch/contract/cloud-reference';
import { shown } from '../batch/contract/shown';
import type { DeviceBatchProps } from './device-batch';
import { OnPartialFailure } from './on-partial-failure';
import { checkAt, SynthesisError } from './synthesis-error';

/**
 * What a compiler refuses, for those who have none: options that nobody of this package has made, and members of them whose
 * types are others. A text where a list belongs would be a device for each of its characters.
 *
 * @throws SynthesisError `InvalidOptions`
 */
export function refuseWrongTypes(scope: IConstruct, props: DeviceBatchProps): void {
  for (const [name, { has, by, needed }] of Object.entries(makers)) {
    const value = props[name as keyof DeviceBatchProps] as unknown;
    if (value === undefined ? !needed : hasMember(value, has)) continue;
    throw invalid(scope, `${name} is ${shown(value)}: make it with ${by}`);
  }
  for (const [name, value, type] of checkAt(scope, () => membersOf(props))) {
    if (type.fits(value)) continue;
    throw invalid(scope, `${name} is ${shown(value)}; it must be ${type.title}`);
  }
}

interface Maker {
  /** A member by which its makers' work is known, also where the package is there twice. */
  has: string;
  by: string;
  needed?: true;
}

const makers: Record<string, Maker> = {
  cloud: { has: '_reference', by: 'DeviceCloud.aliyun() or DeviceCloud.tencent()', needed: true },
  devices: { has: '_selection', by: 'Devices.sequence(), Devices.named() or another of its methods', needed: true },
  onExisting: { has: '_option', by: 'OnExisting.adopt() or another of its methods' },
  deviceCredentials: { has: '_place', by: 'DeviceCredentials.store() or another of its methods' },
  timeout: { has: 'toSeconds', by: 'Duration.minutes()' },
  provider: { has: '_serviceToken', by: 'new DeviceBatchProvider()' },
};

function hasMember(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && name in value;
}

interface Type {
  title: string;
  fits: (value: unknown) => boolean;
}

type Member = [name: string, value: unknown, type: Type];

function membersOf({ cloud, devices, onExisting, deleteActivated, onPartialFailure }: DeviceBatchProps): Member[] {
  const { aliyun, tencent } = cloud._reference;
  const ids: Member[] = aliyun
    ? [
        ...members({ ...aliyun, signature: undefined }),
        ['region', aliyun.region, filled],
        ['productKey', aliyun.productKey, text],
      ]
    : [...members({ ...tencent, apiVersion: undefined }), ['productId', tencent.productId, text]];
  return [
    ...ids,
    ['signature', aliyun?.signature, optional(oneOf(aliyunSignatures))],
    ['apiVersion', tencent?.apiVersion, optional(oneOf(tencentApiVersions))],
    ...membersOfDevices(devices._selection),
    ...adopted(onExisting?._option),
    ['deleteActivated', deleteActivated, optional(truth)],
    ['onPartialFailure', onPartialFailure, optional(oneOf(Object.values(OnPartialFailure)))],
  ];
}

function members(texts: object): Member[] {
  return Object.entries(texts).map(([name, value]): Member => [name, value, optional(text)]);
}

function membersOfDevices({ named, sequence, generated, assignedByCloud, fromJob }: Record<string, unknown>): Member[] {
  if (named !== undefined || !(sequence ?? generated ?? assignedByCloud ?? fromJob)) return [['devices', named, texts]];
  const all = Object.entries((sequence ?? generated ?? assignedByCloud ?? fromJob) as object);
  const types: Record<string, Type> = {
    ...{ prefix: sequence === undefined ? optional(words) : words, id: text },
    ...{ count: number, start: optional(number), pad: optional(number) },
  };
  return all.map(([name, value]: [string, unknown]): Member => [name, value, types[name] ?? text]);
}

function adopted(option: unknown): Member[] {
  if (typeof option !== 'object' || option === null) return [];
  return [['onExisting', (option as { adopt: unknown }).adopt, texts]];
}

/** As long as what travels may be. */
const text: Type = { title: 'a text of at most 512 characters', fits: isText };
const filled: Type = { title: 'a text', fits: (value) => isText(value) && value !== '' };
const words: Type = { title: 'a text', fits: (value) => typeof value === 'string' };
const number: Type = { title: 'a number', fits: (value) => typeof value === 'number' };
const truth: Type = { title: 'true or false', fits: (value) => typeof value === 'boolean' };
const texts: Type = { title: 'a list of texts', fits: (value) => Array.isArray(value) && value.every(words.fits) };

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.length <= 512;
}

function oneOf(values: readonly string[]): Type {
  return { title: `one of ${values.join(', ')}`, fits: (value) => (values as readonly unknown[]).includes(value) };
}

function optional({ title, fits }: Type): Type {
  return { title, fits: (value) => value === undefined || fits(value) };
}

function invalid(scope: IConstruct, message: string): SynthesisError {
  return new SynthesisError(scope, 'InvalidOptions', message);
}
