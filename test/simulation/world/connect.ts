import type { CloudReference } from '../../../lib/batch/contract';
import type { Cloud } from '../../../lib/batch/ports/cloud';
import type { CloudEnvironment } from '../../../lib/clouds/environment';
import { products } from '../clouds/products';
import type { SimulatedProduct } from '../clouds/simulated-cloud';
import { DirectClient } from './direct-client';
import type { Process } from './process';

/** A process's connection to a cloud: the real adapter, with as few names a job as the life has it. */
export function connectTo(process: Process, reference: CloudReference, environment: CloudEnvironment): Cloud {
  const product = productAt(reference);
  const cloud = product.api.connect(new DirectClient(process, product, environment), reference, environment);
  const namesPerJob = Math.min(process.world.setting.namesPerJob, cloud.limits.namesPerJob);
  return Object.create(cloud, { limits: { value: { ...cloud.limits, namesPerJob } } }) as Cloud;
}

function productAt({ aliyun, tencent }: CloudReference): SimulatedProduct {
  const found = Object.values<SimulatedProduct>(products).find(({ id, reference }) =>
    aliyun
      ? id === aliyun.productKey
      : id === tencent.productId && (tencent.apiVersion ?? '3.0') === reference.tencent?.apiVersion,
  );
  if (!found) throw new RangeError('no life is led on this product');
  return found;
}
