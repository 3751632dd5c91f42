import { CfnOutput, Fn, Stack, type StackProps, Token } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { DeviceBatch, DeviceCloud, type Devices } from 'iot-device-batch';

export interface StreetLightsProps extends StackProps {
  readonly region: string;
  readonly productKey: string;
  readonly endpoint?: string;
  /** The name of the secret in AWS Secrets Manager with Alibaba's keys. */
  readonly secretName: string;
  readonly devices: Devices;
}

/** The street lights of a town, registered with Alibaba Cloud IoT Platform. */
export class StreetLightsStack extends Stack {
  constructor(scope: Construct, id: string, props: StreetLightsProps) {
    super(scope, id, props);
    const { region, productKey, endpoint, secretName, devices } = props;

    const batch = new DeviceBatch(this, 'StreetLights', {
      cloud: DeviceCloud.aliyun({
        region,
        productKey,
        endpoint,
        credentials: Secret.fromSecretNameV2(this, 'AliyunKeys', secretName),
      }),
      devices,
    });

    new CfnOutput(this, 'DeviceNames', { value: Fn.join(',', batch.deviceNames) });
    new CfnOutput(this, 'DeviceCount', { value: Token.asString(batch.deviceCount) });
    new CfnOutput(this, 'BatchId', { value: batch.batchId });
    new CfnOutput(this, 'ManifestUri', { value: `s3://${batch.manifestBucket}/${batch.manifestKey}` });
  }
}
