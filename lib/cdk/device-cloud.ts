import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { CloudReference } from '../batch/contract/cloud-reference';

/** How calls to Alibaba Cloud are signed. */
export enum AliyunSignature {
  /** What Alibaba's current SDKs use ("V3"). */
  ACS3_HMAC_SHA256 = 'ACS3-HMAC-SHA256',
  /** The older scheme (SignatureVersion 1.0), which the pages of the IoT Platform describe. */
  HMAC_SHA1 = 'HMAC-SHA1',
}

/** A product of Alibaba Cloud IoT Platform. */
export interface AliyunCloudProps {
  /** E.g. `cn-shanghai`. Must be known at synth, and be a region of the platform unless an `endpoint` is given. */
  readonly region: string;

  /** The product's key, e.g. `a1BwAGV0001`. */
  readonly productKey: string;

  /**
   * The keys to call the cloud with, as JSON under Alibaba's own names: `{"accessKeyId": "…", "accessKeySecret": "…"}`
   * and, for temporary keys, `securityToken`. Only the handler may read it, and reads it anew when a key is refused.
   */
  readonly credentials: ISecret;

  /**
   * The instance's id, e.g. `iot-060a02fl`.
   * @default - the public instance; needed where the instance's overview page shows an id
   */
  readonly instanceId?: string;

  /**
   * Another host to call: a private endpoint or an emulator, as a host or an origin, e.g.
   * `iot-vpc.cn-shanghai.aliyuncs.com` or `http://127.0.0.1:8080`. Plain `http` only when written so.
   * @default - the public host of the region
   */
  readonly endpoint?: string;

  /**
   * How calls are signed.
   * @default AliyunSignature.ACS3_HMAC_SHA256
   */
  readonly signature?: AliyunSignature;
}

/** The versions of the API of Tencent Cloud IoT Hub. */
export enum TencentApiVersion {
  /** The present one (its version 2018-06-14, which alone has the batch operations). */
  V3_0 = '3.0',
  /**
   * The legacy one. It tells only the names of devices: not whether they have ever connected, so that `deleteActivated` must be
   * set, nor whether a device is a later one of its name.
   */
  V2_0 = '2.0',
}

/** A product of Tencent Cloud IoT Hub. */
export interface TencentCloudProps {
  /** The product's id, e.g. `ABCDE12345`. */
  readonly productId: string;

  /**
   * The keys to call the cloud with, as JSON under Tencent's own names: `{"SecretId": "…", "SecretKey": "…"}` and, for
   * temporary keys, `Token`. Only the handler may read it, and reads it anew when a key is refused.
   */
  readonly credentials: ISecret;

  /**
   * The region that calls name. Products are in one region only.
   * @default 'ap-guangzhou'
   */
  readonly region?: string;

  /**
   * By which version of the API the product is reached. Changing it changes no device.
   * @default TencentApiVersion.V3_0
   */
  readonly apiVersion?: TencentApiVersion;

  /**
   * Another host to call: a regional endpoint or an emulator, as a host or an origin, e.g.
   * `iotcloud.ap-shanghai.tencentcloudapi.com` or `http://127.0.0.1:8080`. Plain `http` only when written so. The
   * international site's will not do: it has no batch operations.
   * @default - the vendor's public host
   */
  readonly endpoint?: string;
}

/** The product that a batch's devices belong to, and the keys to get there. */
export class DeviceCloud {
  /** Alibaba Cloud IoT Platform. */
  public static aliyun(props: AliyunCloudProps): DeviceCloud {
    const { region, productKey, instanceId, endpoint, signature } = props;
    return new DeviceCloud({ aliyun: { region, productKey, instanceId, endpoint, signature } }, props.credentials);
  }

  /** Tencent Cloud IoT Hub. */
  public static tencent(props: TencentCloudProps): DeviceCloud {
    const { productId, region, apiVersion, endpoint } = props;
    return new DeviceCloud({ tencent: { productId, region, apiVersion, endpoint } }, props.credentials);
  }

  /** @internal */
  public readonly _reference: CloudReference;
  /** @internal */
  public readonly _credentials: ISecret;

  private constructor(reference: CloudReference, credentials: ISecret) {
    this._reference = reference;
    this._credentials = credentials;
  }
}
