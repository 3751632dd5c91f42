import { CfnOutput, Fn, Stack, type StackProps, Token } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { DeviceBatch, DeviceCloud, type Devices, TencentApiVersion } from 'iot-device-batch';

export interface WaterMetersProps extends StackProps {
  readonly productId: string;
  readonly region?: string;
  /** `2.0` for the legacy API. */
  readonly apiVersion?: string;
  readonly endpoint?: string;
  /** The name of the secret in AWS Secrets Manager with Tencent's keys. */
  readonly secretName: string;
  readonly devices: Devices;
}

/** The water meters of a town, registered with Tencent Cloud IoT Hub. */
export class WaterMetersStack extends Stack {
  constructor(scope: Construct, id: string, props: WaterMetersProps) {
    super(scope, id, props);
    const { productId, region, endpoint, secretName, devices } = props;
    const isLegacy = props.apiVersion === '2.0';

    const batch = new DeviceBatch(this, 'WaterMeters', {
      cloud: DeviceCloud.tencent({
        productId,
        region,
        apiVersion: isLegacy ? TencentApiVersion.V2_0 : TencentApiVersion.V3_0,
        endpoint,
        credentials: Secret.fromSecretNameV2(this, 'TencentKeys', secretName),
      }),
      devices,
      // The legacy API cannot tell which meters have connected: whoever uses it has to say that any may be deleted.
      deleteActivated: isLegacy,
    });

    new CfnOutput(this, 'DeviceNames', { value: Fn.join(',', batch.deviceNames) });
    new CfnOutput(this, 'DeviceCount', { value: Token.asString(batch.deviceCount) });
    new CfnOutput(this, 'BatchId', { value: batch.batchId });
    new CfnOutput(this, 'ManifestUri', { value: `s3://${batch.manifestBucket}/${batch.manifestKey}` });
  }
}
