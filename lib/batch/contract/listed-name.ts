/** What a file lists, in its order. */
export interface ListedName {
  name: string;
  /** Where it is in the file, from 1 on. */
  line: number;
}

/** The members and columns that hold names where nobody says so; `DeviceName` is Alibaba's. */
export const usualColumns = ['name', 'deviceName', 'DeviceName'] as const;
