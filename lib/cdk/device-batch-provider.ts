import { Lazy, Stack } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { Grant, type IGrantable, Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Runtime } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket, IBucket } from 'aws-cdk-lib/aws-s3';
import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct, DependencyGroup, type IConstruct, type IDependable } from 'constructs';
import type { DeviceCredentials } from './device-credentials';
import { grantDeviceSecrets } from './device-secrets';
import { framework } from './framework';
import { HandlerFunctions } from './handler-functions';
import { secretFingerprint, secretStatements } from './secret-access';
import { retainStore, storeBucket } from './store-bucket';
import { storeEmptier } from './store-emptier';
import { SynthesisError } from './synthesis-error';

/** Where and how the handler of a stack's batches runs. */
export interface DeviceBatchProviderProps {
  /**
   * A VPC for the handler's functions, from which S3, Secrets Manager and the cloud must be reachable. (The functions of
   * the CDK's provider framework stay outside: they only call Lambda, Step Functions and CloudFormation.)
   * @default - no VPC
   */
  readonly vpc?: IVpc;

  /**
   * Which subnets of the VPC.
   * @default - the private ones
   */
  readonly vpcSubnets?: SubnetSelection;

  /**
   * The security groups of the functions. They must let https out.
   * @default - one for each function that lets everything out and nothing in
   */
  readonly securityGroups?: ISecurityGroup[];

  /**
   * More environment variables of the handler, such as `HTTPS_PROXY`, `NO_PROXY` and `NODE_EXTRA_CA_CERTS`. They can be
   * read by whoever may look at the functions: no secrets.
   * @default - none
   */
  readonly environment?: { [name: string]: string };

  /**
   * The KMS key of the bucket with records, manifests and credentials.
   * @default - keys that S3 manages
   */
  readonly encryptionKey?: IKey;

  /**
   * A bucket for S3's access logs of that bucket: who read which credentials. It must outlive the stack, as S3 delivers
   * logs for hours. They lie below the path of the provider.
   * @default - no access logs
   */
  readonly accessLogsBucket?: IBucket;

  /**
   * How long the logs of the functions are kept.
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: RetentionDays;

  /**
   * The runtime of the handler: Node.js 24 or 22.
   * @default Runtime.NODEJS_24_X
   */
  readonly runtime?: Runtime;
}

/**
 * What does the work for the batches of one stack: the functions, and the bucket in which they remember what they own.
 *
 * A stack gets one by itself. Make one to set its VPC, proxy, key or retention, and pass it to each `DeviceBatch`.
 * It cannot be exchanged under a batch that is deployed: CloudFormation never lets a custom resource change its handler.
 */
export class DeviceBatchProvider extends Construct {
  /**
   * The provider that the batches of a stack share.
   * @internal
   */
  public static _of(scope: Construct): DeviceBatchProvider {
    const stack = Stack.of(scope);
    const found = stack.node.tryFindChild(SHARED_ID);
    if (found === undefined) return new DeviceBatchProvider(stack, SHARED_ID);
    if (found instanceof DeviceBatchProvider) return found;
    throw new SynthesisError(
      found,
      'IdTaken',
      `the id ${SHARED_ID} is needed for the provider of this stack's batches: rename this construct`,
    );
  }

  /** @internal */
  public readonly _serviceToken: string;

  /**
   * What a batch must find before it is created, and still find while it is deleted.
   * @internal
   */
  public readonly _foundation: IDependable;

  private readonly bucket: Bucket;
  private readonly functions: HandlerFunctions;
  private readonly encryptionKey?: IKey;
  private readonly namesAssets: Asset[] = [];
  private storeRetained = false;

  // The ids below are frozen for ever: the service token of a deployed batch cannot change, nor may its records move.
  constructor(scope: Construct, id: string, props: DeviceBatchProviderProps = {}) {
    super(scope, id);
    this.encryptionKey = props.encryptionKey;
    this.bucket = storeBucket(this, 'Store', props);
    this.functions = new HandlerFunctions(this, 'Handler', { ...props, store: this.bucket });
    const entrance = framework(this, this.functions, props.logRetention);
    this._serviceToken = entrance.serviceToken;
    const foundation = new DependencyGroup(this.bucket, entrance.foundation, ...this.functions.network);
    const emptier = storeEmptier(this, 'Contents', {
      serviceToken: this._serviceToken,
      foundation,
      retains: () => this.storeRetained,
    });
    // What empties the bucket must not run before the batches are gone: they need their records.
    this._foundation = new DependencyGroup(foundation, emptier);
  }

  /**
   * Lets the handler read a secret, by a policy for this secret. It stays for as long as any batch needs it: when a batch is
   * removed or moves to another secret, CloudFormation deletes what is left of it with the old secret at the very end, when a
   * statement in the role's own policy would be gone. (One for each batch would exceed, at some forty batches, what a role's
   * policies may take together: 10,240 B.)
   *
   * @internal
   */
  public _grantSecret(secret: ISecret): IConstruct {
    const id = `ReadKeys${secretFingerprint(this, secret)}`;
    return (
      this.node.tryFindChild(id) ??
      new Policy(this, id, { statements: secretStatements(secret), roles: [this.functions.isCompleteRole] })
    );
  }

  /**
   * Lets the handler keep the secrets of devices in AWS Secrets Manager.
   * @internal
   */
  public _grantDeviceSecrets({ _place, _encryptionKey }: DeviceCredentials): IConstruct[] {
    return _place === 'secretsManager' ? grantDeviceSecrets(this, this.functions.isCompleteRole, _encryptionKey) : [];
  }

  /**
   * Lets the handler read the asset with the names of a batch: this object and no other of the bucket, which has the code and
   * files of every app of the account in it (`Asset.grantRead()` would grant them all). One policy for all batches, as neither
   * Delete nor a roll-back reads an asset. (Where `cdk bootstrap` made a key for the bucket, the policy of that key lets the whole
   * account decrypt through S3.)
   *
   * @internal
   */
  public _grantNames(asset: Asset): IConstruct {
    this.namesAssets.push(asset);
    const policy = (this.node.tryFindChild('ReadNames') as Policy | undefined) ?? this.namesPolicy();
    const { encryptionKey } = asset.bucket;
    if (encryptionKey) {
      policy.addStatements(new PolicyStatement({ actions: ['kms:Decrypt'], resources: [encryptionKey.keyArn] }));
    }
    return policy;
  }

  private namesPolicy(): Policy {
    const resources = Lazy.list({
      produce: () => this.namesAssets.map(({ bucket, s3ObjectKey }) => bucket.arnForObjects(s3ObjectKey)),
    });
    const statements = [new PolicyStatement({ actions: ['s3:GetObject'], resources })];
    return new Policy(this, 'ReadNames', { statements, roles: [this.functions.isCompleteRole] });
  }

  /**
   * Keeps the records, manifests and credentials when the stack is deleted.
   * @internal
   */
  public _retainStore(): void {
    this.storeRetained = true;
    retainStore(this.bucket);
  }

  /**
   * Lets the grantee read and list what lies below a prefix of the bucket.
   * @internal
   */
  public _grantRead(grantee: IGrantable, prefix: string): Grant {
    // In the grantee's own policies only: a statement in the bucket's policy would name the batch (its id is in the
    // prefix), while the batch waits for the bucket's policy.
    const grants = [
      Grant.addToPrincipal({
        grantee,
        actions: ['s3:GetObject'],
        resourceArns: [this.bucket.arnForObjects(`${prefix}*`)],
      }),
      Grant.addToPrincipal({
        grantee,
        actions: ['s3:ListBucket'],
        resourceArns: [this.bucket.bucketArn],
        conditions: { StringLike: { 's3:prefix': `${prefix}*` } },
      }),
      ...(this.encryptionKey ? [this.encryptionKey.grantDecrypt(grantee)] : []),
    ];
    grants.forEach((grant) => grant.assertSuccess());
    return grants.reduce((all, grant) => all.combine(grant));
  }
}

const SHARED_ID = 'DeviceBatchProvider';
