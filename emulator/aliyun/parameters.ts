import { decodePairs } from '../encoding';
import { type EmulatorRequest, header } from '../message';
import type { AliyunAssumptions } from './assumptions';
import { BusinessError, GatewayError } from './errors';
import { isSecret } from './secret-parameters';

/** The service's own codes for absent parameters (help.aliyun.com 87387), where it has one. */
const serviceCodes: Record<string, string> = {
  ProductKey: 'iot.prod.NullProductKey',
  ApplyId: 'iot.device.NullApplyId',
  DeviceName: 'iot.device.NullDeviceName',
  ProductName: 'iot.prod.NullProductName',
};

/** Those of the older signature scheme, which every call has (help.aliyun.com 30561). */
const commonParameters: ReadonlySet<string> = new Set(
  'Action Version Format AccessKeyId SignatureMethod SignatureVersion SignatureNonce Timestamp'.split(' '),
);

/** Query and form together: the vendor's metadata puts lists into the form, its npm SDK into the query. */
export class Parameters {
  private readonly values: Map<string, string>;

  constructor(
    request: EmulatorRequest,
    private readonly assumptions: Pick<AliyunAssumptions, 'missingParameter'>,
  ) {
    const queryAt = request.url.indexOf('?');
    const form = header(request, 'content-type')?.startsWith('application/x-www-form-urlencoded') ?? false;
    this.values = new Map([
      ...(queryAt < 0 ? [] : decodePairs(request.url.slice(queryAt + 1))),
      ...(form ? decodePairs(request.body.toString('utf8')) : []),
    ]);
  }

  /** Every parameter, as its signature covers it. */
  entries(): [string, string][] {
    return [...this.values];
  }

  /** Undefined where absent or empty. */
  text(name: string): string | undefined {
    return this.values.get(name) || undefined;
  }

  required(name: string): string {
    const value = this.text(name);
    if (value !== undefined) return value;
    const code = serviceCodes[name];
    const { missingParameter } = this.assumptions;
    if (missingParameter === 'business' && code) throw new BusinessError(code, `${name} is missing.`);
    const gatewayCode = missingParameter === 'gatewayGeneral' ? 'MissingParameter' : `Missing${name}`;
    throw new GatewayError(400, gatewayCode, `${name} is mandatory for this action.`);
  }

  /** A whole number as text, so that a Long beyond 2^53 keeps its digits; undefined where it is no such number. */
  digits(name: string): string | undefined {
    const value = this.text(name);
    return value !== undefined && /^\d{1,19}$/.test(value) ? value : undefined;
  }

  /** `Name.1`, `Name.2` … in the order of their numbers; gaps are skipped. */
  list(name: string): string[] {
    return this.numbered(name)
      .filter(({ field }) => field === undefined)
      .map(({ value }) => value);
  }

  /** `Name.1.Field`, `Name.2.Field` …, one object a number. */
  objects(name: string): Record<string, string>[] {
    const objects = new Map<number, Record<string, string>>();
    for (const { index, field, value } of this.numbered(name)) {
      if (field === undefined) continue;
      const object = objects.get(index) ?? {};
      object[field] = value;
      objects.set(index, object);
    }
    return [...objects.values()];
  }

  /** For the journal: the operation's own parameters, and of lists how many elements they have. No secrets. */
  summary(): Record<string, string | number> {
    const summary: Record<string, string | number> = {};
    const indices = new Map<string, Set<string>>();
    for (const [key, value] of this.values) {
      const [, list, index] = /^([^.]+)\.(\d+)/.exec(key) ?? [];
      if (list !== undefined && index !== undefined) {
        const seen = indices.get(list) ?? new Set();
        indices.set(list, seen.add(index));
        summary[list] = seen.size;
      } else if (!commonParameters.has(key) && !isSecret(key)) summary[key] = value;
    }
    return summary;
  }

  private numbered(name: string): { index: number; field: string | undefined; value: string }[] {
    const prefix = `${name}.`;
    const found: { index: number; field: string | undefined; value: string }[] = [];
    for (const [key, value] of this.values) {
      if (!key.startsWith(prefix)) continue;
      const [index = '', field] = key.slice(prefix.length).split('.');
      if (/^[1-9]\d*$/.test(index)) found.push({ index: Number(index), field, value });
    }
    return found.sort((one, other) => one.index - other.index);
  }
}
