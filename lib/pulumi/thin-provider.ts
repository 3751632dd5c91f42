import type { dynamic } from '@pulumi/pulumi';
import type * as provider from './provider';

type Provider = typeof provider;

/**
 * What Pulumi writes into the state of each batch, as text: nothing but the way to the provider of whichever version of this
 * package is installed when it is read again, on `refresh` and `destroy` also years later. So its text must not change with the
 * options, nor capture anything (test/pulumi/thin-provider.test.ts has all of it), and the path is for ever.
 *
 * The path is put together so that a bundler of the program does not follow it.
 */
export const thinProvider: dynamic.ResourceProvider = {
  configure: async (request) =>
    ((await import(['iot-device-batch', 'pulumi', 'provider'].join('/'))) as Provider).configure(request),
  check: async (olds, news) =>
    ((await import(['iot-device-batch', 'pulumi', 'provider'].join('/'))) as Provider).check(
      olds as never,
      news as never,
    ),
  diff: async (id, olds, news) =>
    ((await import(['iot-device-batch', 'pulumi', 'provider'].join('/'))) as Provider).diff(
      id,
      olds as never,
      news as never,
    ),
  create: async (inputs) =>
    ((await import(['iot-device-batch', 'pulumi', 'provider'].join('/'))) as Provider).create(inputs as never),
  read: async (id, props) =>
    ((await import(['iot-device-batch', 'pulumi', 'provider'].join('/'))) as Provider).read(id, props as never),
  update: async (id, olds, news) =>
    ((await import(['iot-device-batch', 'pulumi', 'provider'].join('/'))) as Provider).update(
      id,
      olds as never,
      news as never,
    ),
  delete: async (id, props) =>
    ((await import(['iot-device-batch', 'pulumi', 'provider'].join('/'))) as Provider).delete(id, props as never),
};
