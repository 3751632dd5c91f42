import { operations } from '../../../../emulator/aliyun/operations';
import type { Vendor } from '../vendor';
import { cases } from './cases';
import { type Keys, sdks } from './sdks';
import { Stage } from './stage';

export const aliyun: Vendor<Stage, Keys> = {
  name: 'Alibaba 2018-01-20',
  sdks,
  cases,
  operations: [...operations.keys()],
  stage: (emulator) => new Stage(emulator),
  keys: (running) => running.aliyun,
  envelope: {
    success: { Success: true, RequestId: expect.any(String) as string },
    failure: { RequestId: expect.any(String) as string },
  },
  unnoticed: [],
  simplest: { operation: 'QueryProduct', parameters: ({ productKey }) => ({ ProductKey: productKey }) },
};
