import type { AliyunAssumptions } from '../assumptions';
import { comparable, isDeviceName, type RequestedDevice } from '../names';
import type { Parameters } from '../parameters';
import { namesPerCall, type Product } from '../product';

/** A device as its owner describes it: the secret is not of the platform's making. */
export type ImportedDevice = RequestedDevice & { deviceSecret: string };

/** DeviceList.N, whose elements beyond the limit are dropped without a word (api-batchimportdevice). */
export function importList(parameters: Parameters, product: Product): ImportedDevice[] {
  return parameters
    .objects('DeviceList')
    .slice(0, namesPerCall(product))
    .map(({ DeviceName: deviceName = '', DeviceSecret: deviceSecret = '', Sn: sn }) => ({
      deviceName,
      deviceSecret,
      sn: sn || undefined,
    }));
}

/** What is wrong with an import. */
export interface ImportFindings {
  invalidNames: string[];
  /** Named twice, or in the product already (an assumption: the page says "repeated"). */
  repeatedNames: string[];
  invalidSecrets: string[];
  invalidSns: string[];
}

/** The rules are those of help.aliyun.com/en/iot/developer-reference/api-batchcheckimportdevice. */
export function inspectImport(
  devices: readonly ImportedDevice[],
  product: Product,
  assumptions: Readonly<AliyunAssumptions>,
): ImportFindings {
  const names = devices.map(({ deviceName }) => deviceName);
  const seen = new Set<string>();
  const isRepeated = (name: string) =>
    product.isTaken(name, assumptions) || seen.size === seen.add(comparable(name, assumptions)).size;
  const secrets = devices.map(({ deviceSecret }) => deviceSecret);
  const sns = devices.map(({ sn }) => sn).filter((sn) => sn !== undefined);
  return {
    invalidNames: names.filter((name) => !isDeviceName(name)),
    repeatedNames: [...new Set(names.filter(isRepeated))],
    invalidSecrets: secrets.filter((secret) => !/^[A-Za-z0-9_\-@.:]{1,32}$/.test(secret)),
    invalidSns: sns.filter((sn) => !/^[A-Za-z0-9_]{1,64}$/.test(sn)),
  };
}

export function isFaultless(findings: ImportFindings): boolean {
  return Object.values(findings).every((list: string[]) => list.length === 0);
}
