import type { DeviceChoice } from './faults';

/** The devices that a fault picks out of a job, each with the reason that the cloud is going to give. */
export function chosenDevices(
  choice: DeviceChoice,
  devices: readonly { deviceName: string }[],
  defaultReason: string,
): Map<string, string> {
  const reason = choice.reason ?? defaultReason;
  const names = new Set(choice.names);
  const pattern = choice.pattern === undefined ? undefined : new RegExp(choice.pattern);
  const everything = choice.names === undefined && pattern === undefined && choice.count === undefined;
  return new Map(
    devices
      .filter(
        ({ deviceName }, index) =>
          everything || names.has(deviceName) || pattern?.test(deviceName) || index < (choice.count ?? 0),
      )
      .map(({ deviceName }) => [deviceName, reason]),
  );
}
