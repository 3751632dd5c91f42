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

/** The product that a batch's devices belong to, and the keys to get there. */
export class DeviceCloud {
  /** Alibaba Cloud IoT Platform. */
  public static aliyun(props: AliyunCloudProps): DeviceCloud {
    const { region, productKey, instanceId, endpoint, signature } = props;
    return new DeviceCloud({ aliyun: { region, productKey, instanceId, endpoint, signature } }, props.credentials);
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
