import type { AliyunAssumptions } from './assumptions';

/** help.aliyun.com 69482: 4 to 32 letters, digits, `-`, `_`, `@`, `.`, `:`. */
export function isDeviceName(name: string): boolean {
  return /^[A-Za-z0-9_\-@.:]{4,32}$/.test(name);
}

/** help.aliyun.com 69482: 4 to 64 of Chinese, Japanese, letters, digits, `_`; a character of the former counts as two. */
export function isNickname(nickname: string): boolean {
  if (!/^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}A-Za-z0-9_]+$/u.test(nickname)) return false;
  const length = [...nickname].reduce((sum, character) => sum + (/[A-Za-z0-9_]/.test(character) ? 1 : 2), 0);
  return length >= 4 && length <= 64;
}

/** What two names must share to be the same. */
export function comparable(name: string, { deviceNameCase }: Pick<AliyunAssumptions, 'deviceNameCase'>): string {
  return deviceNameCase === 'ignored' ? name.toLowerCase() : name;
}

export interface RequestedDevice {
  deviceName: string;
  nickname?: string;
  /** Imported devices bring their own. */
  deviceSecret?: string;
  sn?: string;
}

/** What is wrong with a list of names before anything is looked up. */
export interface NameFindings {
  invalidNames: string[];
  invalidNicknames: string[];
  repeatedNames: string[];
  /** Name → reason; several reasons are separated by `|` (help.aliyun.com 69483). */
  reasons: Map<string, string>;
}

export function inspectNames(
  devices: readonly RequestedDevice[],
  assumptions: Pick<AliyunAssumptions, 'deviceNameCase'>,
): NameFindings {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  const reasons = new Map<string, string>();
  const findings: NameFindings = { invalidNames: [], invalidNicknames: [], repeatedNames: [], reasons };
  const blame = (name: string, reason: string) => {
    const known = reasons.get(name);
    reasons.set(name, known === undefined ? reason : `${known}|${reason}`);
  };
  for (const { deviceName, nickname } of devices) {
    const name = comparable(deviceName, assumptions);
    if (seen.has(name)) {
      if (!repeated.has(deviceName)) blame(deviceName, 'The device name is repeated.');
      repeated.add(deviceName);
      continue;
    }
    seen.add(name);
    if (!isDeviceName(deviceName)) {
      findings.invalidNames.push(deviceName);
      blame(deviceName, 'The device name is illegal.');
    }
    if (nickname !== undefined && !isNickname(nickname)) {
      findings.invalidNicknames.push(nickname);
      // The only text that the vendor publishes (help.aliyun.com 69483).
      blame(deviceName, 'The nick name is illegal.');
    }
  }
  findings.repeatedNames = [...repeated];
  return findings;
}
