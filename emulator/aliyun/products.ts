import type { Randomness } from '../randomness';
import type { AliyunAssumptions } from './assumptions';
import { instanceNotFound, notExistedProduct } from './errors';
import { type AuthType, Product } from './product';
import type { Quotas } from './quotas';

export interface ProductSeed {
  /** @default made up */
  productKey?: string;
  /** @default 'emulated' */
  productName?: string;
  /** @default 'secret' */
  authType?: AuthType;
  /** 0: device, 1: gateway. @default 0 */
  nodeType?: number;
  /** An instance with an id: it must then be sent with every call. @default none */
  instanceId?: string;
  /** What CreateProduct keeps and tells again. */
  description?: string;
  aliyunCommodityCode?: string;
  dataFormat?: number;
  netType?: string;
  protocolType?: string;
  categoryKey?: string;
}

/** The account's products, in the instances that it has, and how many more of either kind they may hold. */
export class Products {
  private readonly known = new Map<string, Product>();
  /** Those that have ever had a product; undefined is the public one without an id. */
  private readonly instances = new Set<string | undefined>();

  constructor(
    private readonly random: Randomness,
    private readonly assumptions: Pick<AliyunAssumptions, 'unknownInstance'>,
    private readonly quotas: Readonly<Quotas>,
    /** The cloud's own time. */
    private readonly now: () => number,
  ) {}

  clear(): void {
    this.known.clear();
    this.instances.clear();
  }

  add(seed: ProductSeed): Product {
    const product = new Product({
      // 11 characters that begin with a1, in all of the vendor's samples.
      productKey: seed.productKey ?? `a1${this.random.text(9)}`,
      productName: seed.productName ?? 'emulated',
      productSecret: this.random.text(16),
      authType: seed.authType ?? 'secret',
      nodeType: seed.nodeType ?? 0,
      instanceId: seed.instanceId,
      createdAt: this.now(),
      description: seed.description ?? '',
      aliyunCommodityCode: seed.aliyunCommodityCode ?? 'iothub',
      dataFormat: seed.dataFormat ?? 1,
      netType: seed.netType ?? '3',
      protocolType: seed.protocolType ?? '',
      categoryKey: seed.categoryKey ?? '',
    });
    this.known.set(product.productKey, product);
    this.instances.add(product.instanceId);
    return product;
  }

  remove(product: Product): void {
    this.known.delete(product.productKey);
  }

  /** Oldest first. */
  list(): Product[] {
    return [...this.known.values()];
  }

  /** Those of one instance, oldest first. */
  of(instanceId: string | undefined): Product[] {
    if (!this.instances.has(instanceId)) throw instanceNotFound(this.assumptions.unknownInstance);
    return this.list().filter((product) => product.instanceId === instanceId);
  }

  /** The product, if it lives in the instance that the caller named (or in none, and the caller named none). */
  find(productKey: string, instanceId: string | undefined): Product {
    const unknown = instanceId !== undefined && !this.instances.has(instanceId);
    const product = this.known.get(productKey);
    if (!product && !unknown) throw notExistedProduct(productKey);
    if (!product || product.instanceId !== instanceId) throw instanceNotFound(this.assumptions.unknownInstance);
    return product;
  }

  /** The product, whoever asks. */
  byKey(productKey: string): Product | undefined {
    return this.known.get(productKey);
  }

  /** How many more products the instance may have. */
  roomForProducts(instanceId: string | undefined): number {
    return this.quotas.productsPerInstance - this.of(instanceId).length;
  }

  /** How many more devices the product, and the instance that it lives in, may have. */
  roomForDevices(product: Product): number {
    const inInstance = this.of(product.instanceId).reduce((sum, { devices }) => sum + devices.size, 0);
    const { devicesPerProduct, devicesPerInstance } = this.quotas;
    return Math.min(devicesPerProduct - product.devices.size, devicesPerInstance - inInstance);
  }
}
