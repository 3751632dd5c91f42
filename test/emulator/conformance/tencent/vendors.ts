import { operations as actions } from '../../../../emulator/tencent/api-2/operations';
import { operations } from '../../../../emulator/tencent/api-3/operations';
import type { Vendor } from '../vendor';
import { casesOfApi2 } from './cases-of-api-2';
import { casesOfApi3 } from './cases-of-api-3';
import { type Keys, sdksOfApi2, sdksOfApi3 } from './sdks';
import { Stage } from './stage';

export const tencentApi3: Vendor<Stage, Keys> = {
  name: 'Tencent 2018-06-14',
  sdks: sdksOfApi3,
  cases: casesOfApi3,
  operations: [...operations.keys()],
  stage: (emulator) => new Stage(emulator),
  keys: (running) => running.tencent,
  envelope: {
    success: { RequestId: expect.any(String) as string },
    failure: { RequestId: expect.stringMatching(/./) as string },
  },
  // node-fetch 2 does not see that a connection breaks while it reads a body whose length it knows.
  unnoticed: ['cut'],
  simplest: { operation: 'DescribeProduct', parameters: ({ productId }) => ({ ProductId: productId }) },
};

export const tencentApi2: Vendor<Stage, Keys> = {
  name: 'Tencent API 2.0',
  sdks: sdksOfApi2,
  cases: casesOfApi2,
  operations: [...actions.keys()],
  stage: (emulator) => new Stage(emulator),
  keys: (running) => running.tencent,
  envelope: {
    success: { code: 0, message: '', codeDesc: 'Success' },
    failure: { code: expect.any(Number) as number, codeDesc: expect.any(String) as string },
  },
  unnoticed: [],
  simplest: {
    operation: 'ListDevices',
    parameters: ({ productId }) => ({ productID: productId, pageNum: 1, pageSize: 10 }),
  },
};
