import type { Application } from '../application';
import { BusinessError } from '../errors';
import { productOf } from './named';
import type { OperationCall } from './operation';

/** The application that the parameter ApplyId (a Long) names. */
export function applicationOf({ parameters, platform, now }: OperationCall): Application {
  parameters.required('ApplyId');
  const applyId = parameters.digits('ApplyId');
  if (applyId === undefined) throw new BusinessError('iot.device.InvalidFormattedApplyId', 'ApplyId is not a number.');
  return platform.applications.find(applyId, now);
}

/** The same, for operations that also name the product. */
export function applicationOfProduct(call: OperationCall): Application {
  const { assumptions } = call;
  const product = productOf(call);
  const application = applicationOf(call);
  if (application.productKey !== product.productKey) {
    throw new BusinessError(assumptions.applyIdOfOtherProduct, 'The application belongs to another product.');
  }
  return application;
}
