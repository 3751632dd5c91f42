import { HandlerWorld } from '../support/handler-world';
import { aliyun, certificates } from '../support/tested-clouds';

const OTHER = 'OtherProduct1';

test.each([aliyun, certificates])('all connections of a process to $name have one rate (I10)', async (cloud) => {
  const world = await HandlerWorld.start({}, {}, cloud);
  try {
    const connect = jest.spyOn(world.ports, 'connect');
    const here = await world.create();
    expect(here.Status).toBe('SUCCESS');
    // What is moved is deleted there, in the invocation that has registered it here.
    cloud.seed(world.emulator.emulator, { product: OTHER });
    const elsewhere = { cloud: cloud.product(world.emulator.emulator, OTHER, world.emulator.url) };
    const there = await world.update(here.PhysicalResourceId, elsewhere);
    expect(there.Status).toBe('SUCCESS');
    expect(await world.delete(here.PhysicalResourceId, elsewhere)).toMatchObject({ Status: 'SUCCESS' });
    const products = new Set(connect.mock.calls.map(([product]) => JSON.stringify(product)));
    expect(products.size).toBe(2);
    for (const [product, , { rates }] of connect.mock.calls) expect(rates).toBe(world.ports.rates.of(product));
  } finally {
    await world.close();
  }
});
