import type { Checked } from './check';
import type { StackConfig } from './cloud-keys';
import type { Difference } from './diff';
import type { Inputs } from './inputs';
import { thisMachine } from './machine';
import { ProviderMethods } from './methods';
import type { Outputs } from './state';

const methods = new ProviderMethods(thisMachine());

/**
 * The provider of `DeviceBatch`, as the text in every state calls it (`thin-provider.ts`), also one that an older version wrote: the
 * names and parameters of these functions are for ever. @pulumi/pulumi documents them as `dynamic.ResourceProvider`.
 */
export function configure(request: { config?: StackConfig }): Promise<void> {
  return methods.configure(request);
}

export function check(olds: Partial<Inputs>, news: Inputs): Promise<Checked> {
  return methods.check(olds, news);
}

export function diff(id: string, olds: Outputs, news: Inputs): Promise<Difference> {
  return methods.diff(id, olds, news);
}

export function create(inputs: Inputs): Promise<{ id: string; outs: Outputs }> {
  return methods.create(inputs);
}

export function read(id: string, props: Outputs): Promise<{ id?: string; props?: Outputs }> {
  return methods.read(id, props);
}

export function update(id: string, olds: Outputs, news: Inputs): Promise<{ outs: Outputs }> {
  return methods.update(id, olds, news);
}

function deleteResource(id: string, props: Outputs): Promise<void> {
  return methods.delete(id, props);
}

export { deleteResource as delete };
